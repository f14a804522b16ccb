package vtiger

import (
	"context"
)

// Two texts to compare with that no record is expected to hold. The database must only be able to read the second.
const (
	plainText  = "no such text, asked by Contact Bridge"
	astralText = "\U0001F600"
)

// Astral tells whether vTiger's database holds characters above U+FFFF, such as emoji: it does with the character set
// utf8mb4, and stores four question marks for each with utf8mb3, which vTiger's installer chooses. It is found out by
// reading: utf8mb3 refuses a comparison with such a character, and vTiger answers with an empty list although a record
// meets the other half of the condition.
//
// It is not known in a module without records, or while vTiger's lists contradict each other. What is known is
// remembered. Of a connection in utf8mb4 to columns in utf8mb3, which vTiger's installer does not make, it says that they
// hold the characters.
func (c *Client) Astral(ctx context.Context, module string) (holds, known bool, err error) {
	c.mu.Lock()
	holds, known = c.astral[module]
	c.mu.Unlock()
	if known {
		return holds, true, nil
	}
	holds, known, err = c.askAstral(ctx, module)
	if err != nil || !known {
		return false, false, err
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.astral == nil {
		c.astral = map[string]bool{}
	}
	c.astral[module] = holds
	return holds, true, nil
}

func (c *Client) askAstral(ctx context.Context, module string) (holds, known bool, err error) {
	const doing = "find out the character set of vTiger's database"
	s, err := c.described(ctx, module)
	if err != nil || len(s.labels()) == 0 {
		return false, false, err
	}
	newest, err := c.query(ctx, doing, "select id from "+module+" order by modifiedtime desc limit 1")
	if err != nil || len(newest) == 0 {
		return false, false, err
	}
	id, field := newest[0]["id"], s.labels()[len(s.labels())-1]
	// The emoji first and last, so that a fault of the database that comes or goes meanwhile is not taken for a refusal.
	var shown []bool
	for _, text := range []string{astralText, plainText, astralText} {
		// Not by vtql, which would replace the character.
		rows, err := c.query(ctx, doing, "select id from "+module+" where "+field+" = '"+text+"'"+vtql(" or id = ?", id))
		if err != nil {
			return false, false, err
		}
		shown = append(shown, len(rows) > 0)
	}
	return shown[0], shown[1] && shown[0] == shown[2], nil
}
