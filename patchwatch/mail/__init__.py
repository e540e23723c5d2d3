"""Parse one raw mail into a `Message`.

Pure: no other messages, no database, no clock.  patchwatch.series decides which series a message belongs to.  Only this
package calls liblore.
"""
