# NAME_SOURCES, NAME_LDADD in two lines; add the name to UNIT.
UNIT =
check_PROGRAMS += $(UNIT)
TESTS += $(UNIT)
UNIT_LIBS = src/libcozykart.a $(DEPS_LIBS)
