package api

import (
	"fmt"
	"reflect"
	"strings"
)

// ensureStorable refuses a request that holds the character U+0000 anywhere: PostgreSQL can store it in no text.
func ensureStorable(in any) error {
	if at, found := nulIn(reflect.ValueOf(in), ""); found {
		return refuseField(at, "This holds the character U+0000, which no text here can hold.")
	}
	return nil
}

// nulIn finds where a value holds U+0000, named as in the request.
func nulIn(v reflect.Value, at string) (string, bool) {
	switch v.Kind() {
	case reflect.String:
		return at, strings.ContainsRune(v.String(), 0)
	case reflect.Pointer, reflect.Interface:
		if v.IsNil() {
			return "", false
		}
		return nulIn(v.Elem(), at)
	case reflect.Slice, reflect.Array:
		for i := range v.Len() {
			if where, found := nulIn(v.Index(i), fmt.Sprintf("%s[%d]", at, i)); found {
				return where, true
			}
		}
	case reflect.Map:
		for each := v.MapRange(); each.Next(); {
			if where, found := nulIn(each.Key(), at); found {
				return where, true
			}
			if where, found := nulIn(each.Value(), at+"."+fmt.Sprint(each.Key())); found {
				return where, true
			}
		}
	case reflect.Struct:
		for i := range v.NumField() {
			if where, found := nulIn(v.Field(i), within(at, v.Type().Field(i))); found {
				return where, true
			}
		}
	}
	return "", false
}

// within names the place of a field in the place at.
func within(at string, f reflect.StructField) string {
	for _, part := range []string{"query", "path", "header", "cookie"} {
		if name := f.Tag.Get(part); name != "" {
			return part + "." + name
		}
	}
	name, _, _ := strings.Cut(f.Tag.Get("json"), ",")
	switch {
	case f.Name == "Body" && at == "":
		return "body"
	case name == "": // embedded, or what a nullable value holds
		return at
	}
	return at + "." + name
}
