# Runs commands of public-inbox, one a line on stdin: its path and arguments, separated by NUL.  Prints each exit status.
#
# Most of the time of a command goes into loading Perl modules.  Here they are loaded once; each command is a fork.

use strict;
use warnings;

for my $module (qw(PublicInbox/Admin PublicInbox/ExtSearchIdx PublicInbox/InboxWritable PublicInbox/Isearch
		PublicInbox/V2Writable Cpanel/JSON/XS DBD/SQLite Getopt/Long Search/Xapian)) {
	eval { require "$module.pm" };    # versions differ; what is missing here, the command loads itself
}
$| = 1;
while (defined(my $line = <STDIN>)) {
	chomp $line;
	my ($command, @arguments) = split /\0/, $line;
	my $child = fork // die "fork: $!";
	if (!$child) {
		open STDIN, '<', '/dev/null' or die $!;
		open STDOUT, '>&', \*STDERR or die $!;
		($0, @ARGV) = ($command, @arguments);
		do $command;
		die $@ if $@;
		exit 0;
	}
	waitpid $child, 0;
	print "$?\n";
}
