/* What the files of cozykart check share. Each function judges its part, line by line, and says
 * what it could not look at as this user. Not for: mending anything. */
#pragma once

#include "main/ctl.h"

/* ctl_check.c: a line about what could not or need not be looked at. */
void check_pass(struct ctl *c, const char *what, const char *why);
/* Value of a setting; of a secret (key without "_file") the path. */
struct str check_value(struct ctl *c, const char *key);
/* Where an installed house is: "" or a folder in front of /etc/cozykart; NULL: it is laid out
 * otherwise, like a sandbox. */
const char *check_root(struct ctl *c);
/* After a failed conf_secret: a file that only this user may not read is passed over with a
 * line, and true comes back. */
bool check_unseen(struct ctl *c, const char *what);
/* What cozykart setup has noted about the site: "tls", "port"; empty when it made none. */
struct str check_noted(struct ctl *c, const char *word);

/* ctl_check_place.c: users, owners and modes, room on the disk. */
void check_places(struct ctl *c);
/* ctl_check_key.c: secrets, and providers that are set up by half. */
void check_keys(struct ctl *c);
/* ctl_check_site.c: programs of others, nginx, its ports, the certificate. */
void check_site(struct ctl *c);
/* ctl_check_far.c: what the network must tell: clock, whether the name leads here, Discord. */
void check_far(struct ctl *c);
/* ctl_check_port.c: the program that listens at a port of this machine, "" when it cannot be
 * told; NULL: nobody does. */
const char *check_port_holder(struct ctl *c, int port);
