package port

// platePlaces is one more than the longest known form, so that a longer text is not taken for a shorter plate.
const platePlaces = 10

// Forms of plates, by place: D a digit, L a letter of the country's plates.
//
// Mongolia: four digits and three Cyrillic letters, the first two for the province (УБ Ulaanbaatar, ӨМ Ömnögovi); the
// letters have not been checked against the provinces, whose lists differ between sources (general knowledge).
//
// Russia, GOST R 50577 (ГОСТ Р 50577-2018): lorries and cars L DDD LL and region, taxis and buses LL DDD and region
// (type 1Б), trailers LL DDDD and region; a region has two or three digits. Only the twelve letters А В Е К М Н О Р С Т
// У Х, which have Latin look-alikes, are used. Tractors, motorcycles, police and transit plates are left out: they would
// make О and 0 ambiguous in the forms that do cross.
var plateShapes = [...]struct {
	shape   string
	country Country
}{
	{"DDDDLLL", Mongolia},
	{"LDDDLLDD", Russia},
	{"LDDDLLDDD", Russia},
	{"LLDDDDD", Russia},
	{"LLDDDDDD", Russia},
	{"LLDDDDDDD", Russia},
}

// settle finds the form of the plate, puts О and I where a letter must stand and 0 and 1 where a digit must, and gives
// the country; empty where no form fits. A plate that fits a form as it stands is left as it is, so that no misreading of
// another plate is ever preferred to it.
func (s *symbols) settle() Country {
	if s.chinese() {
		return China
	}
	for _, loose := range [...]bool{false, true} {
		for i := range plateShapes {
			if form := &plateShapes[i]; s.fits(form.shape, form.country, loose) {
				s.force(form.shape)
				return form.country
			}
		}
	}
	return ""
}

// fits compares with a form. Loosely, О, 0, I and 1 stand for one another where the form decides, but at least one
// letter must stand in a letter's place: a wagon number of eight digits is no Russian plate.
func (s *symbols) fits(shape string, country Country, loose bool) bool {
	if len(shape) != s.count {
		return false
	}
	lettered := false
	for i, r := range s.all() {
		switch {
		case shape[i] == 'D' && (number(r) || loose && (r == 'O' || r == 'I')):
		case shape[i] == 'L' && plateLetter(r, country):
			lettered = true
		case shape[i] == 'L' && loose && r == '0':
		default:
			return false
		}
	}
	return lettered
}

func (s *symbols) force(shape string) {
	for i := range s.all() {
		switch shape[i] {
		case 'D':
			s.at[i] = toDigit(s.at[i])
		case 'L':
			if s.at[i] == '0' {
				s.at[i] = 'O'
			}
		}
	}
}

func number(r rune) bool { return '0' <= r && r <= '9' }

func capital(r rune) bool { return 'A' <= r && r <= 'Z' }

func toDigit(r rune) rune {
	switch r {
	case 'O':
		return '0'
	case 'I':
		return '1'
	}
	return r
}

// plateLetter tells the letters of a country's plates, after folding: the look-alikes, and for Mongolia the other
// Cyrillic capitals too.
func plateLetter(r rune, country Country) bool {
	if capital(r) {
		return cyrillic(r) != r
	}
	return country == Mongolia && ('А' <= r && r <= 'Я' || r == 'Ө' || r == 'Ү')
}

// chinese tells the plates of GA 36-2018 (机动车号牌) and settles their digits; the letters I and O are not used in serial
// numbers. The forms, as far as they are generally known: a province's character and the issuing office's letter, then
//
//	five letters or digits; four and a character for the use: 挂 trailer, 学 driving school, 警 police, 港 and 澳 Hong
//	Kong and Macao, 使 embassy, 领 consulate, 试 trial, 超 oversize;
//	six for a new-energy vehicle 新能源: a letter of its kind, a letter or digit and four digits (small), or five
//	digits and the letter (large);
//
// and for missions six digits with 使 or 领 before or after them. Temporary, military and older plates are not known here.
func (s *symbols) chinese() bool {
	if s.count < 7 || s.count > 8 {
		return false
	}
	first, last := s.at[0], s.at[s.count-1]
	var serial []rune
	switch {
	case s.count == 7 && mission(first) && numeric(s.at[1:7]):
		serial = s.at[1:7]
	case s.count == 7 && mission(last) && numeric(s.at[:6]):
		serial = s.at[:6]
	case !province(first) || !capital(s.at[1]):
		return false
	case s.count == 7:
		serial = s.at[2:7]
		if plateUse(last) {
			serial = serial[:4]
		}
		if !alphanumeric(serial) {
			return false
		}
	default:
		serial = s.at[2:8]
		small := newEnergy(serial[0]) && alphanumeric(serial[1:2]) && numeric(serial[2:])
		large := newEnergy(last) && numeric(serial[:5])
		if !small && !large {
			return false
		}
	}
	for i := range serial {
		serial[i] = toDigit(serial[i])
	}
	return true
}

// numeric tells digits, and О and I that can only be misread ones.
func numeric(serial []rune) bool {
	for _, r := range serial {
		if !number(toDigit(r)) {
			return false
		}
	}
	return true
}

func alphanumeric(serial []rune) bool {
	for _, r := range serial {
		if !number(r) && !capital(r) {
			return false
		}
	}
	return true
}

func mission(r rune) bool { return r == '使' || r == '领' }

func plateUse(r rune) bool {
	switch r {
	case '挂', '学', '警', '港', '澳', '使', '领', '试', '超':
		return true
	}
	return false
}

// newEnergy tells the letters for purely electric (D A B C E) and other (F G H J K) new-energy vehicles.
func newEnergy(r rune) bool {
	return 'A' <= r && r <= 'H' || r == 'J' || r == 'K'
}

// province tells the characters for the 31 provinces, regions and municipalities.
func province(r rune) bool {
	switch r {
	case '京', '津', '冀', '晋', '蒙', '辽', '吉', '黑', '沪', '苏', '浙', '皖', '闽', '赣', '鲁', '豫', '鄂', '湘', '粤', '桂',
		'琼', '渝', '川', '贵', '云', '藏', '陕', '甘', '青', '宁', '新':
		return true
	}
	return false
}
