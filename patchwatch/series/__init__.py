"""Messages to revisions, revisions to series: pure functions, with the evidence for each link.

conversation  which messages must be looked at together
revision      which of them are one posting, and who answers it
tags          who endorsed which of its patches
succession    which earlier posting a revision succeeds
landing       which patches a pull request carries

Nothing here reads the clock or the database, and nothing depends on the order in which mails arrived.
"""
