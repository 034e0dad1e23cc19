/* redact.h: the contract of redact 2.x with its hosts. The request is one log line without its line end; the reply is a
 * JSON object with the line, what identifies people masked, and how many masks of each kind it holds:
 *     {"line": "<email> from <ipv4>", "counts": {"email": 1, "ipv4": 1, "ipv6": 0}}
 * JSON is UTF-8: bytes of the request that are not are replaced by U+FFFD. */
#ifndef REDACT_H
#define REDACT_H

#include <switchboard.h>

/* The form of the replies: 1 is the line itself, 2 a JSON object. Bytes have no type that a compiler could compare: this
 * number is how a snapshot of the contract shows that they mean something else. */
#define REDACT_REPLY_FORMAT 2

/* The masked line and its counts. */
SWB_EXPORT swb_message_v1 redact;

/* The same; the line begins with a stamp of this plugin's own version: "[redact 2.0.0] …". */
SWB_EXPORT swb_message_v1 redact_stamped;

#endif
