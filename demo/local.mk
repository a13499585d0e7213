# The race night of `bootstrap run`.
demodir = $(pkgdatadir)/demo
dist_demo_SCRIPTS = %D%/night
dist_demo_DATA = %D%/Stripe.pm
