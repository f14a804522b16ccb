package vtigersim

import (
	"bytes"
	"encoding/json"
	"strconv"
	"strings"
)

// member is one name and value of a JSON object whose order is kept.
type member struct {
	name  string
	value any
}

type object []member

// jsonEscaper escapes what vTiger's own encoder escapes and nothing more: the
// control characters 0x00-0x07, 0x0b and 0x0e-0x1f go out raw, which makes the
// reply invalid JSON.
var jsonEscaper = strings.NewReplacer(
	`\`, `\\`, `"`, `\"`, "\n", `\n`, "\r", `\r`, "\t", `\t`, "\b", `\b`, "\f", `\f`)

// encode writes nil, bool, int, int64, string, object, []any and json.RawMessage.
func encode(out *bytes.Buffer, value any) {
	switch v := value.(type) {
	case string:
		encodeString(out, v)
	case bool:
		out.WriteString(strconv.FormatBool(v))
	case int:
		out.WriteString(strconv.Itoa(v))
	case int64:
		out.WriteString(strconv.FormatInt(v, 10))
	case json.RawMessage:
		out.Write(v)
	case object:
		encodeList(out, '{', '}', len(v), func(i int) {
			encodeString(out, v[i].name)
			out.WriteByte(':')
			encode(out, v[i].value)
		})
	case []any:
		encodeList(out, '[', ']', len(v), func(i int) { encode(out, v[i]) })
	default:
		out.WriteString("null")
	}
}

func encodeString(out *bytes.Buffer, text string) {
	out.WriteByte('"')
	_, _ = jsonEscaper.WriteString(out, text) // a Buffer never fails
	out.WriteByte('"')
}

func encodeList(out *bytes.Buffer, open, end byte, n int, item func(i int)) {
	out.WriteByte(open)
	for i := range n {
		if i > 0 {
			out.WriteByte(',')
		}
		item(i)
	}
	out.WriteByte(end)
}

func stringsToAny(texts []string) []any {
	list := make([]any, len(texts))
	for i, text := range texts {
		list[i] = text
	}
	return list
}
