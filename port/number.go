package port

// BatchNumber is the number of one crossing of one or more vehicles with its goods 货物运输批次号: 13 digits in the road
// manifests met so far. Several waybills may share one; a waybill that is split over vehicles keeps one, and they cross
// together (公路舱单 announcement; domain facts §3.1).
type BatchNumber string

// DeclarationNumber is the number that customs gives a declaration 报关单号: 18 digits. Documents keep foreign numbers
// (an MRN such as 23GB…) as they are written; ParseDeclarationNumber takes Chinese ones only.
type DeclarationNumber string

// CustomsOffice is a code of a customs district 关区代码: 4 digits, the first two for the directly subordinate customs
// 直属海关 (06 满洲里, 07 呼和浩特), the last two for the local customs 隶属海关. Which codes exist is data, because the
// lists that were found contradict each other.
type CustomsOffice string

const (
	batchDigits       = 13
	declarationDigits = 18
	officeDigits      = 4
)

// ParseBatchNumber reads a batch number; blanks and hyphens go.
func ParseBatchNumber(text string) (BatchNumber, error) {
	var room [batchDigits]byte
	code, ok := condense(room[:0], text, " -")
	if !ok || len(code) != batchDigits || !digits(code) {
		return "", fault("batch.format", text)
	}
	return BatchNumber(canonical(text, code)), nil
}

// Check is nil for a number that ParseBatchNumber takes.
func (n BatchNumber) Check() error { return check(ParseBatchNumber(string(n))) }

// ParseDeclarationNumber reads a Chinese declaration number; blanks and hyphens go.
func ParseDeclarationNumber(text string) (DeclarationNumber, error) {
	var room [declarationDigits]byte
	code, ok := condense(room[:0], text, " -")
	if !ok || len(code) != declarationDigits || !digits(code) {
		return "", fault("declaration_number.format", text)
	}
	return DeclarationNumber(canonical(text, code)), nil
}

// Check is nil for a number that ParseDeclarationNumber takes.
func (n DeclarationNumber) Check() error { return check(ParseDeclarationNumber(string(n))) }

// ParseCustomsOffice reads a Chinese customs district's code.
func ParseCustomsOffice(text string) (CustomsOffice, error) {
	var room [officeDigits]byte
	code, ok := condense(room[:0], text, " -")
	if !ok || len(code) != officeDigits || !digits(code) {
		return "", fault("office.format", text)
	}
	return CustomsOffice(canonical(text, code)), nil
}

// Check is nil for a code that ParseCustomsOffice takes.
func (o CustomsOffice) Check() error { return check(ParseCustomsOffice(string(o))) }
