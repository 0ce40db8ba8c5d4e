package markup

import "strings"

// attributes reads what follows the name in a start tag, to its >. Namespace declarations become bindings, the others
// are kept with their namespace.
func (r *Reader) attributes() error {
	r.attrs = r.attrs[:0]
	declared := len(r.bindings)
	for count := 0; ; count++ {
		before := r.at
		r.spaces()
		if r.at >= len(r.src) {
			return r.fail("xml.truncated")
		}
		switch r.src[r.at] {
		case '>':
			r.at++
			return r.qualify()
		case '/':
			if r.at+1 >= len(r.src) || r.src[r.at+1] != '>' {
				return r.fail("xml.attribute")
			}
			r.at += 2
			r.closing = true
			return r.qualify()
		}
		switch {
		case r.at == before:
			return r.fail("xml.attribute")
		case count == MaxAttributes:
			return r.fail("xml.attributes", MaxAttributes)
		}
		name, value, err := r.attribute()
		if err != nil {
			return err
		}
		prefix, local := split(name)
		switch {
		case name == "xmlns":
			err = r.bind("", value, declared)
		case prefix == "xmlns":
			err = r.bind(local, value, declared)
		default:
			// Until all declarations of the tag are known, Space holds the prefix.
			r.attrs = append(r.attrs, Attr{Space: prefix, Name: local, Value: value})
		}
		if err != nil {
			return err
		}
	}
}

func (r *Reader) attribute() (name, value string, err error) {
	name, err = r.scanName()
	if err != nil {
		return "", "", err
	}
	r.spaces()
	if r.at >= len(r.src) || r.src[r.at] != '=' {
		return "", "", r.fail("xml.attribute")
	}
	r.at++
	r.spaces()
	if r.at >= len(r.src) || r.src[r.at] != '"' && r.src[r.at] != '\'' {
		return "", "", r.fail("xml.attribute")
	}
	quote := r.src[r.at]
	end := strings.IndexByte(r.src[r.at+1:], quote)
	if end < 0 {
		return "", "", r.fail("xml.truncated")
	}
	raw := r.src[r.at+1 : r.at+1+end]
	if strings.IndexByte(raw, '<') >= 0 {
		return "", "", r.fail("xml.attribute")
	}
	value, err = r.expand(raw, true)
	r.at += end + 2
	return name, value, err
}

// bind declares a prefix. The XML Namespaces recommendation reserves xml and xmlns and forbids undeclaring a prefix.
func (r *Reader) bind(prefix, space string, declared int) error {
	if prefix == "xmlns" || space == "http://www.w3.org/2000/xmlns/" || prefix != "" && space == "" || (prefix == "xml") != (space == xmlSpace) {
		return r.fail("xml.prefix", prefix)
	}
	for _, b := range r.bindings[declared:] {
		if b.prefix == prefix {
			return r.fail("xml.attribute_twice", "xmlns:"+prefix)
		}
	}
	r.bindings = append(r.bindings, binding{prefix, space})
	return nil
}

// qualify turns the prefixes of the attributes into namespaces and refuses one that is given twice.
func (r *Reader) qualify() error {
	for i := range r.attrs {
		a := &r.attrs[i]
		if a.Space != "" {
			space, ok := r.resolve(a.Space)
			if !ok {
				return r.fail("xml.prefix", a.Space)
			}
			a.Space = space
		}
		for _, earlier := range r.attrs[:i] {
			if earlier.Name == a.Name && earlier.Space == a.Space {
				return r.fail("xml.attribute_twice", a.Name)
			}
		}
	}
	return nil
}

// declaration reads <?xml version="1.0" encoding="UTF-8" standalone="yes"?> where the document begins with it.
func (r *Reader) declaration() error {
	const begin = "<?xml"
	rest := r.src[r.at:]
	if !strings.HasPrefix(rest, begin) || len(rest) == len(begin) || !isSpace(rest[len(begin)]) {
		return nil
	}
	r.token = r.at
	r.at += len(begin)
	wanted := []string{"version", "encoding", "standalone"} // in this order, the first required
	for first := true; ; first = false {
		before := r.at
		r.spaces()
		if strings.HasPrefix(r.src[r.at:], "?>") {
			if first {
				return r.fail("xml.declaration")
			}
			r.at += len("?>")
			return nil
		}
		if r.at == before || r.at >= len(r.src) {
			return r.fail("xml.declaration")
		}
		name, value, err := r.attribute()
		if err != nil {
			return r.fail("xml.declaration")
		}
		for len(wanted) > 0 && wanted[0] != name && !first {
			wanted = wanted[1:]
		}
		if len(wanted) == 0 || wanted[0] != name {
			return r.fail("xml.declaration")
		}
		wanted = wanted[1:]
		switch {
		case name == "version" && value != "1.0":
			return r.fail("xml.version", value)
		case name == "encoding" && !strings.EqualFold(value, "UTF-8"):
			return r.fail("xml.encoding", value)
		case name == "standalone" && value != "yes" && value != "no":
			return r.fail("xml.declaration")
		}
	}
}
