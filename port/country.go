package port

// Country is a country or territory by its two-letter code, ISO 3166-1 alpha-2. Codes that only some customs use (XI for
// Northern Ireland, say) stay in documents as written, and Check reports them.
type Country string

// The countries that the region's ports deal with most.
const (
	China    Country = "CN"
	Mongolia Country = "MN"
	Russia   Country = "RU"
)

// The 249 codes that are officially assigned.
const countries = "ADAEAFAGAIALAMAOAQARASATAUAWAXAZ" + "BABBBDBEBFBGBHBIBJBLBMBNBOBQBRBSBTBVBWBYBZ" +
	"CACCCDCFCGCHCICKCLCMCNCOCRCUCVCWCXCYCZ" + "DEDJDKDMDODZ" + "ECEEEGEHERESET" + "FIFJFKFMFOFR" +
	"GAGBGDGEGFGGGHGIGLGMGNGPGQGRGSGTGUGWGY" + "HKHMHNHRHTHU" + "IDIEILIMINIOIQIRISIT" + "JEJMJOJP" +
	"KEKGKHKIKMKNKPKRKWKYKZ" + "LALBLCLILKLRLSLTLULVLY" + "MAMCMDMEMFMGMHMKMLMMMNMOMPMQMRMSMTMUMVMWMXMYMZ" +
	"NANCNENFNGNINLNONPNRNUNZ" + "OM" + "PAPEPFPGPHPKPLPMPNPRPSPTPWPY" + "QA" + "RERORSRURW" +
	"SASBSCSDSESGSHSISJSKSLSMSNSOSRSSSTSVSXSYSZ" + "TCTDTFTGTHTJTKTLTMTNTOTRTTTVTWTZ" + "UAUGUMUSUYUZ" +
	"VAVCVEVGVIVNVU" + "WFWS" + "YEYT" + "ZAZMZW"

var countryKnown = func() (known [26 * 26]bool) {
	for i := 0; i < len(countries); i += 2 {
		known[letters(countries[i:i+2])] = true
	}
	return known
}()

// letters numbers a code of capital letters: AA is 0, AB is 1.
func letters[T ~string | ~[]byte](code T) int {
	number := 0
	for i := range len(code) {
		number = number*26 + int(code[i]-'A')
	}
	return number
}

// ParseCountry reads a code in capital or small letters.
func ParseCountry(text string) (Country, error) {
	var room [2]byte
	code, ok := condense(room[:0], text, "")
	if !ok || len(code) != 2 || !upper(code[0]) || !upper(code[1]) || !countryKnown[letters(code)] {
		return "", fault("country.unknown", text)
	}
	return Country(canonical(text, code)), nil
}

// Check is nil for a code that ParseCountry takes.
func (c Country) Check() error { return check(ParseCountry(string(c))) }
