package web

import (
	"testing"

	"github.com/guomen/guomen/internal/text"
	"github.com/guomen/guomen/port"
)

func TestFormat(t *testing.T) {
	catalogue, err := text.Load()
	if err != nil {
		t.Fatal(err)
	}
	zh, en := FormatFor(catalogue, text.Chinese), FormatFor(catalogue, text.English)
	at := port.Time(1_795_329_372_000_000) // 2026-11-22 06:36:12 UTC
	for _, test := range []struct{ got, want string }{
		{zh.Number(0), "0"}, {zh.Number(999), "999"}, {zh.Number(1000), "1,000"}, {zh.Number(-1234567), "-1,234,567"}, {zh.Number(-999), "-999"},
		{zh.Figure(Figure{}), "—"}, {zh.Figure(Some(int64(0))), "0"},
		{zh.Mass(Mass{}), "—"}, {zh.Mass(Some(port.Kilograms(0))), "0 吨"}, {en.Mass(Some(72_450 * port.Kilogram)), "72.4 t"},
		{en.Mass(Some(1_234_567 * port.Kilogram)), "1,234 t"}, {zh.Mass(Some(99_999 * port.Tonne)), "99,999 吨"}, {zh.Mass(Some(271_340 * port.Tonne)), "27.13 万吨"},
		{en.Mass(Some(271_340 * port.Tonne)), "271,340 t"}, {en.Kilograms(Some(98_720 * port.Kilogram)), "98,720 kg"},
		{zh.Span(59 * port.Second), "59 秒"}, {zh.Span(60 * port.Second), "1 分"}, {en.Span(18*port.Hour + 24*port.Minute), "18 h 24 min"},
		{en.Span(49 * port.Hour), "2 d 1 h"}, {en.Span(-1), "—"}, {en.MaybeSpan(Span{}), "—"}, {en.MaybeSpan(Some(port.Duration(0))), "0 s"},
		{zh.Stamp(at), "2026-11-22 14:36:12"}, {en.Stamp(at), "22 Nov 2026 14:36:12"}, {zh.Short(at), "11月22日 14:36"}, {en.Clock(at), "14:36:12"}, {zh.Day(0), "—"},
		{zh.Word("way", port.Import), "入境"}, {zh.Word("way", "sideways"), "sideways"}, {zh.Word("way", ""), "—"},
		{en.Label(port.Rail), "Rail"}, {en.Label(port.Mode("sea")), "sea"}, {en.Label(port.Mode("")), "—"},
		{en.Words(Named("满洲里", "Manzhouli")), "Manzhouli"}, {en.Words(Named("满洲里", "")), "满洲里"}, {zh.Words(Plain("x")), "x"}, {zh.Words(Words{}), ""},
		{zh.Words(Said("shell.unit.tonnes", "5")), "5 吨"},
	} {
		if test.got != test.want {
			t.Errorf("got %q, want %q", test.got, test.want)
		}
	}
}

func TestPlateOf(t *testing.T) {
	for _, test := range []struct {
		plate port.Plate
		want  Plate
	}{
		{"蒙L58213", Plate{"CN", "cn", "蒙L·58213"}},
		{"蒙L·58213", Plate{"CN", "cn", "蒙L·58213"}},
		{"2714УНЕ", Plate{"MN", "mn", "2714 УНЕ"}},
		{"А123ВС75", Plate{"RU", "ru", "А 123 ВС 75"}},
		{"AGV 07", Plate{"", "other", "AGV 07"}},
		{"", Plate{"", "other", ""}},
	} {
		if got := PlateOf(test.plate); got != test.want {
			t.Errorf("%q: got %+v, want %+v", test.plate, got, test.want)
		}
	}
}

func TestPercent(t *testing.T) {
	for _, test := range [][3]int64{{1, 4, 25}, {0, 0, 0}, {5, 4, 100}, {-1, 4, 0}} {
		if got := percent(test[0], test[1]); got != test[2] {
			t.Errorf("%d of %d: got %d, want %d", test[0], test[1], got, test[2])
		}
	}
}
