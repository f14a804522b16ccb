package outlook

import "encoding/json"

// policySentence is for a mailbox that an application access policy (or RBAC for Applications) keeps from the app.
const policySentence = "The organization's application access policy keeps Contact Bridge out of this mailbox; " +
	"a Microsoft admin must add it to the group that the policy names, which takes up to half an hour to act."

// policyRefuses tells the refusal of an application access policy, which Exchange marks by its message alone. The message
// is compared and never copied.
func (a answer) policyRefuses() bool {
	var body struct {
		Error struct {
			Message string `json:"message"`
		} `json:"error"`
	}
	return json.Unmarshal(a.body, &body) == nil && body.Error.Message == "Access to OData is disabled."
}
