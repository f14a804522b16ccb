package api

import "github.com/danielgtaylor/huma/v2/validation"

// What huma finds wrong by itself is said so that people understand it: forms show it beside the field.
func init() {
	validation.MsgUnexpectedProperty = "There is no such field."
	validation.MsgExpectedRFC3339DateTime = "Use a time such as 2026-01-31T12:00:00Z."
	validation.MsgExpectedRFC3339Date = "Use a day such as 2026-01-31."
	validation.MsgExpectedBoolean = "Use true or false."
	validation.MsgExpectedNumber = "Use a number."
	validation.MsgExpectedInteger = "Use a whole number."
	validation.MsgExpectedString = "Use a text."
	validation.MsgExpectedArray = "Use a list."
	validation.MsgExpectedObject = "Use an object."
	validation.MsgExpectedOneOf = "Use one of \"%s\"."
	validation.MsgExpectedMinimumNumber = "Use a number of at least %v."
	validation.MsgExpectedMaximumNumber = "Use a number of at most %v."
	validation.MsgExpectedMinLength = "Use at least %d characters."
	validation.MsgExpectedMaxLength = "Use at most %d characters."
	validation.MsgExpectedMatchPattern = "Use what matches the pattern %s."
	validation.MsgExpectedMinItems = "Give at least %d."
	validation.MsgExpectedMaxItems = "Give at most %d."
	validation.MsgExpectedRequiredProperty = "The field %s is missing."
}
