# Pages as Mustache; names are paths below this folder, read at start by view/tmpl.c.
nobase_dist_pkgdata_DATA = \
	%D%/error.mustache \
	%D%/home.mustache \
	%D%/layout.mustache \
	%D%/overlay/health.mustache \
	%D%/overlay/show.mustache \
	%D%/part/award.mustache \
	%D%/part/badge.mustache \
	%D%/part/clock.mustache \
	%D%/part/day.mustache \
	%D%/part/face.mustache \
	%D%/part/flag.mustache \
	%D%/part/hero.mustache \
	%D%/part/mark.mustache \
	%D%/part/nav.mustache \
	%D%/part/sales.mustache \
	%D%/part/seats.mustache \
	%D%/part/sponsors.mustache \
	%D%/part/share.mustache \
	%D%/part/when.mustache \
	%D%/race/list.mustache \
	%D%/race/show.mustache \
	%D%/racer/show.mustache \
	%D%/raw-names \
	%D%/season/list.mustache \
	%D%/season/show.mustache \
	%D%/sign/link.mustache \
	%D%/sign/login.mustache \
	%D%/sponsor/list.mustache \
	%D%/sponsor/report.mustache \
	%D%/status.mustache \
	%D%/wallet/explain.mustache \
	%D%/wallet/lines.mustache \
	%D%/wallet/show.mustache \
	%D%/wallet/statement.mustache
