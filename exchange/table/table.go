// Package table reads and writes messages in XML by tables: a table says for every element of a class where it lives in a
// Go type, and reading and writing both walk it. The formats (wco, singlewindow) are tables and what settles them.
//
// A reader keeps the way to the current element, so that every problem has its path and line, and marks the places of the
// model that are asked for. Whatever no table has is passed over and warned of. Texts are kept as written, without the
// white space around them; numbers by meaning; an element that is there but empty is taken for absent, and so is a count,
// mass or quantity of zero, with a warning.
package table
