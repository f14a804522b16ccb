package vtigersim

import (
	"html"
	"regexp"
	"strings"
	"unicode/utf8"
)

var (
	scriptTag     = regexp.MustCompile(`(?i)</?script[^>]*>`)
	scriptElement = regexp.MustCompile(`(?is)<script[^>]*>.*?</script\s*>`)
	entity        = regexp.MustCompile(`&(?:#[0-9]+|#[xX][0-9a-fA-F]+|[a-zA-Z][a-zA-Z0-9]*);`)
	angles        = strings.NewReplacer("<", "&lt;", ">", "&gt;")
	// specials are the five that vTiger itself encodes and decodes.
	specials = strings.NewReplacer("&lt;", "<", "&gt;", ">", "&quot;", `"`, "&#039;", "'", "&amp;", "&")
)

// charset is the database's character set and that of the connection to it.
type charset bool

const (
	utf8mb3 charset = false // the installer's: nothing above U+FFFF
	utf8mb4 charset = true
)

// maxBMP is the last character that MariaDB's utf8mb3 can hold.
const maxBMP = '\uffff'

// storedText is what the web service stores: script tags encoded, invalid bytes
// dropped, every character that the database cannot hold turned into four question
// marks, the rest cut to the column. Control characters, entities and other tags stay as sent.
func storedText(text string, length int, set charset) string {
	text = scriptTag.ReplaceAllStringFunc(text, angles.Replace)
	return fitColumn(text, length, set)
}

// typedText is what the CRM's own pages store: trimmed, decoded once, without
// script elements.
func typedText(text string, length int, set charset) string {
	text = scriptElement.ReplaceAllString(decodeEntities(text), "")
	return fitColumn(strings.Trim(text, " \t\n\r\x00\x0b"), length, set)
}

func fitColumn(text string, length int, set charset) string {
	text = set.fit(strings.ToValidUTF8(text, ""))
	if length > 0 && utf8.RuneCountInString(text) > length {
		text = string([]rune(text)[:length])
	}
	return text
}

func (set charset) fit(text string) string {
	if set == utf8mb4 {
		return text
	}
	return replaceAstral(text)
}

func hasAstral(text string) bool {
	return strings.ContainsFunc(text, func(r rune) bool { return r > maxBMP })
}

func replaceAstral(text string) string {
	if !hasAstral(text) {
		return text
	}
	var out strings.Builder
	for _, r := range text {
		if r > maxBMP {
			out.WriteString("????")
		} else {
			out.WriteRune(r)
		}
	}
	return out.String()
}

// decodeEntities decodes once, and only entities that end in a semicolon.
func decodeEntities(text string) string {
	return entity.ReplaceAllStringFunc(text, html.UnescapeString)
}

// latinEntities are the names of U+00A0 to U+00FF in order.
var latinEntities = strings.Fields(`nbsp iexcl cent pound curren yen brvbar sect uml copy ordf laquo not shy reg macr
	deg plusmn sup2 sup3 acute micro para middot cedil sup1 ordm raquo frac14 frac12 frac34 iquest
	Agrave Aacute Acirc Atilde Auml Aring AElig Ccedil Egrave Eacute Ecirc Euml Igrave Iacute Icirc Iuml
	ETH Ntilde Ograve Oacute Ocirc Otilde Ouml times Oslash Ugrave Uacute Ucirc Uuml Yacute THORN szlig
	agrave aacute acirc atilde auml aring aelig ccedil egrave eacute ecirc euml igrave iacute icirc iuml
	eth ntilde ograve oacute ocirc otilde ouml divide oslash ugrave uacute ucirc uuml yacute thorn yuml`)

// encodeEntities is PHP's htmlentities for ASCII and Latin-1.
func encodeEntities(text string) string {
	var out strings.Builder
	for _, r := range text {
		switch {
		case r == '&':
			out.WriteString("&amp;")
		case r == '<':
			out.WriteString("&lt;")
		case r == '>':
			out.WriteString("&gt;")
		case r == '"':
			out.WriteString("&quot;")
		case r >= 0xa0 && r <= 0xff:
			out.WriteString("&" + latinEntities[r-0xa0] + ";")
		default:
			out.WriteRune(r)
		}
	}
	return out.String()
}

// upperASCII is PHP 8's strtoupper, which knows no other letters.
func upperASCII(text string) string {
	return strings.Map(func(r rune) rune {
		if 'a' <= r && r <= 'z' {
			return r - 'a' + 'A'
		}
		return r
	}, text)
}
