# The race night of `bootstrap run`, and the stand-ins for Stripe and Discord that tests use too.
demodir = $(pkgdatadir)/demo
dist_demo_SCRIPTS = %D%/fakecord %D%/night
dist_demo_DATA = %D%/Discord.pm %D%/FakePage.pm %D%/Fakecord.pm %D%/Stripe.pm
