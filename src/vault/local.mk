# sources of this folder
src_libcozykart_a_SOURCES += \
	%D%/actor.c \
	%D%/actor.h \
	%D%/attempt.c \
	%D%/attempt.h \
	%D%/backing.c \
	%D%/backing.h \
	%D%/batch.c \
	%D%/batch.h \
	%D%/entry.c \
	%D%/entry.h \
	%D%/gate.c \
	%D%/gate.h \
	%D%/judging.c \
	%D%/judging.h \
	%D%/loop.c \
	%D%/loop.h \
	%D%/notice.c \
	%D%/notice.h \
	%D%/people.c \
	%D%/people.h \
	%D%/post.c \
	%D%/post.h \
	%D%/prizing.c \
	%D%/prizing.h \
	%D%/racing.c \
	%D%/racing.h \
	%D%/secrets.c \
	%D%/secrets.h \
	%D%/steward.c \
	%D%/steward.h \
	%D%/talk.c \
	%D%/talk.h \
	%D%/sent.c \
	%D%/sent.h \
	%D%/table.c \
	%D%/table.h
