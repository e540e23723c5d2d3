"""Git trees and the git command, confined. Reads only."""
