package port

// Currency is a currency by its three-letter code, ISO 4217.
type Currency string

// The currencies that the region's ports deal with most: 人民币, төгрөг, рубль, and the dollar that coal is priced in.
const (
	Renminbi Currency = "CNY"
	Togrog   Currency = "MNT"
	Rouble   Currency = "RUB"
	Dollar   Currency = "USD"
)

// The codes of ISO 4217, by how many decimals their amounts have. The lists are general knowledge as of early 2026 and
// were compared with an older published copy. Codes that were withdrawn in 2024-2026 (ANG, BGN, SLL, ZWL) are among
// them, because documents of that time are still read; metals, bond units and XXX, which have no minor unit, count as
// having two decimals.
const (
	currencies2 = "AEDAFNALLAMDANGAOAARSAUDAWGAZNBAMBBDBDTBGNBMDBNDBOBBOVBRLBSDBTNBWPBYNBZDCADCDFCHECHFCHWCNYCOPCOUCRC" +
		"CUPCVECZKDKKDOPDZDEGPERNETBEURFJDFKPGBPGELGHSGIPGMDGTQGYDHKDHNLHTGHUFIDRILSINRIRRJMDKESKGSKHRKPWKYDKZTLAKLBP" +
		"LKRLRDLSLMADMDLMGAMKDMMKMNTMOPMRUMURMVRMWKMXNMXVMYRMZNNADNGNNIONOKNPRNZDPABPENPGKPHPPKRPLNQARRONRSDRUBSARSBD" +
		"SCRSDGSEKSGDSHPSLESLLSOSSRDSSPSTNSVCSYPSZLTHBTJSTMTTOPTRYTTDTWDTZSUAHUSDUSNUYUUZSVEDVESWSTXADXAGXAUXBAXBBXBC" +
		"XBDXCDXCGXDRXPDXPTXSUXTSXUAXXXYERZARZMWZWGZWL"
	currencies0 = "BIFCLPDJFGNFISKJPYKMFKRWPYGRWFUGXUYIVNDVUVXAFXOFXPF"
	currencies3 = "BHDIQDJODKWDLYDOMRTND"
	currencies4 = "CLFUYW"
)

// currencyDecimals is the number of decimals plus one; zero for what is no currency.
var currencyDecimals = func() (decimals [26 * 26 * 26]byte) {
	for places, codes := range [...]string{currencies0, "", currencies2, currencies3, currencies4} {
		for i := 0; i < len(codes); i += 3 {
			decimals[letters(codes[i:i+3])] = byte(places + 1)
		}
	}
	return decimals
}()

// ParseCurrency reads a code in capital or small letters.
func ParseCurrency(text string) (Currency, error) {
	var room [3]byte
	code, ok := condense(room[:0], text, "")
	if !ok || len(code) != 3 || !upper(code[0]) || !upper(code[1]) || !upper(code[2]) ||
		currencyDecimals[letters(code)] == 0 {
		return "", fault("currency.unknown", text)
	}
	return Currency(canonical(text, code)), nil
}

// Check is nil for a code that ParseCurrency takes.
func (c Currency) Check() error { return check(ParseCurrency(string(c))) }

// Exponent is how many decimals amounts of the currency have: 0 for JPY, KRW and VND, 3 for KWD, 2 for most. A code that
// nobody knows has two, so that its amounts are still read and shown without loss.
func (c Currency) Exponent() int {
	known, err := ParseCurrency(string(c))
	if err != nil {
		return 2
	}
	return int(currencyDecimals[letters(known)]) - 1
}
