package bench

import (
	"bytes"
	"slices"
)

// Stencil is a text with holes in it, made by cutting words out of a text that was written once. Filling it costs a copy,
// where writing it again would cost an encoder.
type Stencil struct {
	pieces []piece
	size   int // of the text it was cut from
}

// piece is literal text, and the word that stands behind it; -1: none.
type piece struct {
	text []byte
	word int
}

// Cut makes a stencil of a text. Wherever one of the words stands there is a hole; where two could stand, the longer one.
func Cut(text []byte, words []string) *Stencil {
	order := make([]int, 0, len(words))
	for i, word := range words {
		if word != "" {
			order = append(order, i)
		}
	}
	slices.SortStableFunc(order, func(a, b int) int { return len(words[b]) - len(words[a]) })
	s := &Stencil{size: len(text)}
	start := 0
	for at := 0; at < len(text); {
		i := slices.IndexFunc(order, func(word int) bool { return bytes.HasPrefix(text[at:], []byte(words[word])) })
		if i < 0 {
			at++
			continue
		}
		s.pieces = append(s.pieces, piece{text[start:at:at], order[i]})
		at += len(words[order[i]])
		start = at
	}
	s.pieces = append(s.pieces, piece{text[start:], -1})
	return s
}

// Append writes the text with other words in the holes.
func (s *Stencil) Append(to []byte, words []string) []byte {
	for i := range s.pieces {
		to = append(to, s.pieces[i].text...)
		if word := s.pieces[i].word; word >= 0 {
			to = append(to, words[word]...)
		}
	}
	return to
}

// Fill writes the text into bytes of its own.
func (s *Stencil) Fill(words []string) []byte { return s.Append(make([]byte, 0, s.size+16), words) }

// Scatter spreads numbers below 2^48 over that range, each to another, so that the names made from a counter arrive like
// the names that many people make: at random, as far as an index can tell.
func Scatter(n uint64) uint64 {
	const mask = 1<<48 - 1
	n = n * 0x9e3779b97f4b & mask // odd
	n ^= n >> 23
	return n * 0xbf58476d1ce5 & mask // odd
}
