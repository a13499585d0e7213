# Configuration of the two nginx instances, filled in by packaging/fill.
nginxconfdir = $(pkgdatadir)/nginx
dist_nginxconf_DATA = \
	%D%/acme.conf.in \
	%D%/cache.conf.in \
	%D%/fastcgi.conf \
	%D%/headers.conf \
	%D%/http.conf \
	%D%/live.conf.in \
	%D%/nginx.conf.in \
	%D%/server.conf.in \
	%D%/site.conf.in \
	%D%/tls.conf.in
nginxerrordir = $(pkgdatadir)/nginx/error
dist_nginxerror_DATA = %D%/error/413.html %D%/error/429.html %D%/error/503.html
EXTRA_DIST += %D%/README.md
