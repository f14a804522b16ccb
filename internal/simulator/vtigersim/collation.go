package vtigersim

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// baseLetters lists, per letter, what MariaDB's utf8_general_ci holds equal to it.
var baseLetters = func() map[rune]rune {
	letters := map[rune]rune{}
	for base, variants := range map[rune]string{
		'A': "ÀÁÂÃÄÅĀĂĄ", 'C': "ÇĆĈĊČ", 'D': "Ď", 'E': "ÈÉÊËĒĔĖĘĚ", 'G': "ĜĞĠĢ", 'H': "Ĥ", 'I': "ÌÍÎÏĨĪĬĮİ",
		'J': "Ĵ", 'K': "Ķ", 'L': "ĹĻĽ", 'N': "ÑŃŅŇ", 'O': "ÒÓÔÕÖŌŎŐ", 'R': "ŔŖŘ", 'S': "ŚŜŞŠȘß", 'T': "ŢŤȚ",
		'U': "ÙÚÛÜŨŪŬŮŰŲ", 'W': "Ŵ", 'Y': "ÝŶŸ", 'Z': "ŹŻŽ", 'Е': "Ё",
	} {
		for _, variant := range variants {
			letters[variant] = base
		}
	}
	return letters
}()

// fold maps text so that equal results are equal to the database: no case, no
// accents. Trailing spaces, which "=" ignores and "like" does not, are kept.
func fold(text string) string {
	if isFolded(text) {
		return text
	}
	return strings.Map(foldRune, text)
}

func isFolded(text string) bool {
	for i := range len(text) {
		if c := text[i]; c >= utf8.RuneSelf || 'a' <= c && c <= 'z' {
			return false
		}
	}
	return true
}

func foldRune(r rune) rune {
	if r < utf8.RuneSelf {
		if 'a' <= r && r <= 'z' {
			r -= 'a' - 'A'
		}
		return r
	}
	if r > maxBMP { // one weight for all of them
		return unicode.ReplacementChar
	}
	r = unicode.ToUpper(r)
	if base, ok := baseLetters[r]; ok {
		return base
	}
	return r
}

// comparableText is what "=", "<", "in" and "order by" compare.
func comparableText(text string) string { return strings.TrimRight(fold(text), " ") }

// like matches folded text against a folded pattern with % and _; a backslash
// makes the next character plain.
func like(text, pattern []rune) bool {
	for len(pattern) > 0 {
		switch {
		case pattern[0] == '%':
			for i := range len(text) + 1 {
				if like(text[i:], pattern[1:]) {
					return true
				}
			}
			return false
		case len(text) == 0:
			return false
		case pattern[0] == '\\' && len(pattern) > 1:
			pattern = pattern[1:]
			if text[0] != pattern[0] {
				return false
			}
		case pattern[0] != '_' && text[0] != pattern[0]:
			return false
		}
		text, pattern = text[1:], pattern[1:]
	}
	return len(text) == 0
}
