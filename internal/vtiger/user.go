package vtiger

import (
	"context"
	"slices"
	"strconv"

	"contactbridge/internal/contact"
)

// User is one user of vTiger.
type User struct {
	ID        string // "19x5"
	UserName  string
	FirstName string
	LastName  string
	Email     string
	Admin     bool
	Active    bool
	TimeZone  string // of the tz database, "Europe/Paris"
	Role      string // vTiger's id of it, "H5"; no operation tells its name
}

// Group is one group of vTiger. No operation tells who is in it.
type Group struct {
	ID   string // "20x2"
	Name string
}

const userColumns = "select id,user_name,first_name,last_name,email1,is_admin,status,time_zone,roleid from Users"

func (r row) user() User {
	return User{
		ID: r["id"], UserName: r["user_name"], FirstName: r["first_name"], LastName: r["last_name"], Email: r["email1"],
		Admin: r["is_admin"] == "on" || r["is_admin"] == "1", Active: r["status"] == "Active", TimeZone: r["time_zone"], Role: r["roleid"],
	}
}

// Users lists the users, which only an administrator's account may. vTiger may leave out inactive ones.
func (c *Client) Users(ctx context.Context) ([]User, error) {
	const doing = "list the users of vTiger"
	rows, err := c.list(ctx, doing, userColumns)
	if err != nil {
		return nil, err
	}
	if len(rows) == 0 { // at least the integration account is one
		return nil, untrue(doing)
	}
	users := make([]User, len(rows))
	for i, r := range rows {
		users[i] = r.user()
	}
	return users, nil
}

// Roll lists the users, and tells who of the known ones, given by id, is gone: absent from the whole list, which is read by
// offset and may skip somebody, and from an answer about their own ids. Both must show the integration account, for vTiger
// reports a database error as an empty list; if one does not, nothing is told of anybody.
func (c *Client) Roll(ctx context.Context, known []string) (users []User, gone []string, err error) {
	const doing = "look who is a user of vTiger"
	if users, err = c.Users(ctx); err != nil {
		return nil, nil, err
	}
	own, err := c.known(ctx)
	if err != nil {
		return nil, nil, err
	}
	listed := map[string]bool{}
	for _, u := range users {
		listed[u.ID] = true
	}
	if !listed[own.UserID] {
		return nil, nil, untrue(doing)
	}
	missing := slices.DeleteFunc(slices.Clone(known), func(id string) bool { return listed[id] || !isID(id) })
	for _, some := range portions(missing, pageRows-1) {
		found, absent, err := c.usersByID(ctx, doing, own.UserID, some)
		if err != nil {
			return nil, nil, err
		}
		users, gone = append(users, found...), append(gone, absent...)
	}
	return users, gone, nil
}

// User finds one user now. found is false when vTiger has no such user, in an answer that shows the integration account.
func (c *Client) User(ctx context.Context, id string) (u User, found bool, err error) {
	const doing = "look a user of vTiger up"
	own, err := c.known(ctx)
	if err != nil || !isID(id) {
		return u, false, err
	}
	users, _, err := c.usersByID(ctx, doing, own.UserID, []string{id})
	if err != nil || len(users) == 0 {
		return u, false, err
	}
	return users[0], true, nil
}

// usersByID asks for users by id, and for the integration account besides, without which the answer says nothing.
func (c *Client) usersByID(ctx context.Context, doing, own string, ids []string) (found []User, absent []string, err error) {
	rows, err := c.query(ctx, doing, userColumns+vtql(" where id in ?", append([]string{own}, ids...)))
	if err != nil {
		return nil, nil, err
	}
	shown := map[string]User{}
	for _, r := range rows {
		shown[r["id"]] = r.user()
	}
	if _, trusted := shown[own]; !trusted {
		return nil, nil, untrue(doing)
	}
	for _, id := range ids {
		if u, there := shown[id]; there {
			found = append(found, u)
		} else {
			absent = append(absent, id)
		}
	}
	return found, absent, nil
}

// Groups lists the groups.
func (c *Client) Groups(ctx context.Context) ([]Group, error) {
	rows, err := c.list(ctx, "list the groups of vTiger", "select * from Groups")
	if err != nil {
		return nil, err
	}
	groups := make([]Group, len(rows))
	for i, r := range rows {
		groups[i] = Group{ID: r["id"], Name: r["groupname"]}
	}
	return groups, nil
}

// list reads all rows of a small table by offset: these tables are not known to sort or compare by id, and a wrong order
// by is answered with an empty list.
func (c *Client) list(ctx context.Context, doing, vtql string) ([]row, error) {
	var all []row
	seen := map[string]bool{}
	for offset := 0; ; offset += pageRows {
		rows, err := c.query(ctx, doing, vtql+" limit "+strconv.Itoa(offset)+","+strconv.Itoa(pageRows))
		if err != nil {
			return nil, err
		}
		for _, r := range rows {
			if !seen[r["id"]] {
				seen[r["id"]] = true
				all = append(all, r)
			}
		}
		if len(rows) == 0 {
			return all, nil
		}
	}
}

// untrue is the error of an answer that cannot be: vTiger reports a database error as an empty list.
func untrue(doing string) error {
	return &contact.Error{
		Kind: contact.Unavailable, Doing: doing, Code: "empty",
		Sentence: "vTiger answers with an empty list although there are records: its database has a fault.",
	}
}
