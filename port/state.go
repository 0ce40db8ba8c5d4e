package port

import "strings"

// StateCode is the code of an issuing state, organisation or nationality in a machine readable travel document (ICAO Doc
// 9303 part 3, section 5): the three letters of ISO 3166-1, D alone for Germany, the British passports that are no
// citizens', and codes of organisations and of persons without a nationality.
type StateCode string

// states is each country's two letters with its three, ISO 3166-1.
const states = "" +
	"ADANDAEAREAFAFGAGATGAIAIAALALBAMARMAOAGOAQATAARARGASASMATAUTAUAUSAWABWAXALAAZAZEBABIHBBBRBBDBGDBEBELBFBFA" +
	"BGBGRBHBHRBIBDIBJBENBLBLMBMBMUBNBRNBOBOLBQBESBRBRABSBHSBTBTNBVBVTBWBWABYBLRBZBLZCACANCCCCKCDCODCFCAFCGCOG" +
	"CHCHECICIVCKCOKCLCHLCMCMRCNCHNCOCOLCRCRICUCUBCVCPVCWCUWCXCXRCYCYPCZCZEDEDEUDJDJIDKDNKDMDMADODOMDZDZAECECU" +
	"EEESTEGEGYEHESHERERIESESPETETHFIFINFJFJIFKFLKFMFSMFOFROFRFRAGAGABGBGBRGDGRDGEGEOGFGUFGGGGYGHGHAGIGIBGLGRL" +
	"GMGMBGNGINGPGLPGQGNQGRGRCGSSGSGTGTMGUGUMGWGNBGYGUYHKHKGHMHMDHNHNDHRHRVHTHTIHUHUNIDIDNIEIRLILISRIMIMNININD" +
	"IOIOTIQIRQIRIRNISISLITITAJEJEYJMJAMJOJORJPJPNKEKENKGKGZKHKHMKIKIRKMCOMKNKNAKPPRKKRKORKWKWTKYCYMKZKAZLALAO" +
	"LBLBNLCLCALILIELKLKALRLBRLSLSOLTLTULULUXLVLVALYLBYMAMARMCMCOMDMDAMEMNEMFMAFMGMDGMHMHLMKMKDMLMLIMMMMRMNMNG" +
	"MOMACMPMNPMQMTQMRMRTMSMSRMTMLTMUMUSMVMDVMWMWIMXMEXMYMYSMZMOZNANAMNCNCLNENERNFNFKNGNGANINICNLNLDNONORNPNPL" +
	"NRNRUNUNIUNZNZLOMOMNPAPANPEPERPFPYFPGPNGPHPHLPKPAKPLPOLPMSPMPNPCNPRPRIPSPSEPTPRTPWPLWPYPRYQAQATREREUROROU" +
	"RSSRBRURUSRWRWASASAUSBSLBSCSYCSDSDNSESWESGSGPSHSHNSISVNSJSJMSKSVKSLSLESMSMRSNSENSOSOMSRSURSSSSDSTSTPSVSLV" +
	"SXSXMSYSYRSZSWZTCTCATDTCDTFATFTGTGOTHTHATJTJKTKTKLTLTLSTMTKMTNTUNTOTONTRTURTTTTOTVTUVTWTWNTZTZAUAUKRUGUGA" +
	"UMUMIUSUSAUYURYUZUZBVAVATVCVCTVEVENVGVGBVIVIRVNVNMVUVUTWFWLFWSWSMYEYEMYTMYTZAZAFZMZMBZWZWE"

// stateExceptions is what Doc 9303 has beside ISO 3166-1, each code filled to three characters, with the country that it
// belongs to or two blanks: Germany; the five kinds of British passport beside GBR; the United Nations, its agencies and
// its mission in Kosovo (UNK; RKS is what passports from there have); the European Union; the Order of Malta; banks and
// communities of states; Interpol; stateless persons (XXA), refugees (XXB, XXC) and persons whose nationality is not told
// (XXX). UTO, the Utopia of specimens, is no state and is refused.
const stateExceptions = "D  DE" + "GBDGBGBNGBGBOGBGBPGBGBSGB" + "UNO  UNA  UNK  EUE  RKS  XOM  " +
	"XBA  XIM  XCC  XCE  XCO  XEC  XMP  XDC  XPO  " + "XXA  XXB  XXC  XXX  "

// stateCountry is the country of each code of three characters; blanks where it is of none.
var stateCountry = func() map[StateCode]Country {
	known := map[StateCode]Country{}
	for i := 0; i < len(states); i += 5 {
		known[StateCode(states[i+2:i+5])] = Country(states[i : i+2])
	}
	delete(known, "DEU") // a zone has D
	for i := 0; i < len(stateExceptions); i += 5 {
		known[StateCode(strings.TrimSpace(stateExceptions[i:i+3]))] = Country(strings.TrimSpace(stateExceptions[i+3 : i+5]))
	}
	return known
}()

// ParseStateCode reads a code as it stands in the zone, with or without its fillers (D<<), or typed in small letters.
func ParseStateCode(text string) (StateCode, error) {
	var room [3]byte
	code, ok := condense(room[:0], text, "<")
	if _, known := stateCountry[StateCode(code)]; !ok || !known {
		return "", fault("state.unknown", text)
	}
	return StateCode(canonical(text, code)), nil
}

// Check is nil for a code that ParseStateCode takes.
func (c StateCode) Check() error { return check(ParseStateCode(string(c))) }

// Country is the country by ISO 3166-1's two letters; empty for organisations and for persons without a nationality. The
// six British codes are all GB: which of them it was, the code itself says.
func (c StateCode) Country() Country { return stateCountry[c] }
