/* redact.h: the contract of redact 1.x with its hosts. The request is one log line without its line end, the reply the
 * same line with what identifies people masked. Any bytes are accepted; bytes outside a mask are copied as they are. */
#ifndef REDACT_H
#define REDACT_H

#include <switchboard.h>

/* The form of the replies: 1 is the line itself, 2 a JSON object. Bytes have no type that a compiler could compare: this
 * number is how a snapshot of the contract shows that they mean something else. */
#define REDACT_REPLY_FORMAT 1

/* The masked line. */
SWB_EXPORT swb_message_v1 redact;

/* The masked line behind a stamp with this plugin's own version: "[redact 1.0.0] …". */
SWB_EXPORT swb_message_v1 redact_stamped;

#endif
