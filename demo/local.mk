# The race night of `bootstrap run`, and the stand-ins for Discord and the payment providers that tests
# use too.
demodir = $(pkgdatadir)/demo
dist_demo_SCRIPTS = %D%/fakecord %D%/fakepay %D%/night
dist_demo_DATA = %D%/Discord.pm %D%/FakePage.pm %D%/FakePay.pm %D%/FakePaypal.pm %D%/FakeShopify.pm \
	%D%/FakeStripe.pm %D%/FakeTill.pm %D%/FakeWhop.pm %D%/Fakecord.pm %D%/Pay.pm %D%/Purses.pm %D%/Serve.pm %D%/Stripe.pm %D%/Visitor.pm
