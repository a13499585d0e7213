# Scripts that fill in configuration: part of the installation, since bootstrap, tests and the
# package use the same.
packagingdir = $(pkgdatadir)/packaging
dist_packaging_SCRIPTS = %D%/fill %D%/sandbox
