// Package ledger keeps what happened: ordered, gapless, hash-chained sequences of facts, one a port, and decides
// commands over them in batches that share one durable flush.
//
// # What is stored
//
// A fact is an immutable past-tense record. Its row is the JSON that was written, and its hash covers the hash of the
// row before it and those stored bytes; nothing ever encodes again to verify. From the facts, and only from them, folds
// make the records (the current state of one thing, which is all that a decision may read), the look-ups (from a number
// that people write to the id of an open thing) and the deadlines. They are written in the transaction that writes the
// facts, so they cannot disagree, and [Engine.Verify] folds everything again to prove it. Receipts say what became of
// each command; submissions keep its raw bytes.
//
// # A command's way
//
// [Engine.Submit] queues a command for its ledger. A writer loop takes what waits, of several ledgers, locks their
// heads in order, loads what the commands need and lets each decide on an overlay of its own. Decisions are pure: no
// clock, no randomness, no I/O. One that needs a record which is not loaded yet says so by returning the error it got
// ([ErrUnloaded]) and is asked again after the next load; the facts of a decision that fails are dropped with its
// overlay. All that succeeded are written with one statement a table and one commit, and only then is anyone told.
//
// # Why not the obvious way
//
// A transaction per request flushes the disk once per request; a batch flushes it once for hundreds. Keys that arrive
// at random (idempotency keys) are not indexed in the database, where each would dirty a page of its own: receipts are
// appended, and an index of the recent ones is kept in memory, caught up from the receipts' tail under the head's lock,
// so that it is exact however many processes write.
package ledger
