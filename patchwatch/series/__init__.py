"""Messages to revisions, revisions to series: pure functions, with the evidence for each link.

model          the rows that everything above reads
conversation   which messages belong together
revision       which of them are one posting, and which reply to it
posting        the facts of a posting by which others are matched with it
version_links  which earlier posting a revision succeeds; link_features, link_model, link_rules, rivals
tags           who endorsed which of its patches; tag_coverage, carried_tags
merged         which patches a pull request carries
commit_match   which patches commits carry
state          state, turn and next action
rangediff      two revisions compared
views, filter  which series a list shows

Nothing here reads the clock or the database, and nothing depends on the order in which mails arrived.
"""
