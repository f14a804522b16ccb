package vtiger

import (
	"math/rand/v2"
	"strconv"
	"testing"

	"github.com/stretchr/testify/require"
)

// shownOf is what vTiger shows of members in an order: one is lost at each full page.
func shownOf(members []string) (rows []string, l listing) {
	for i, id := range members {
		if i%filterStep == filterPage {
			l.full++
			continue
		}
		rows = append(rows, id)
	}
	l.rows = len(rows)
	return rows, l
}

func TestWhichListingsAreExplained(t *testing.T) {
	for _, row := range []struct {
		name          string
		before, union int
		listings      []listing
		want          bool
	}{
		{"one page", 20, 20, []listing{{20, 0}}, true},
		{"21 is not 20: the one row of both orders was lost twice", 21, 20, []listing{{20, 1}, {20, 1}}, false},
		{"21 found", 21, 21, []listing{{20, 1}, {20, 1}}, true},
		{"both lost the same", 41, 40, []listing{{40, 1}, {40, 1}}, false},
		{"recorded", 65, 65, []listing{{62, 3}, {62, 3}}, true},
		{"a row too few", 65, 65, []listing{{62, 3}, {61, 3}}, false},
		{"more members than a listing holds", 65, 66, []listing{{62, 3}, {62, 3}}, false},
		{"left before the first listing ended", 66, 65, []listing{{62, 3}, {62, 3}}, false},
		{"nothing was listed", 0, 0, nil, false},
	} {
		require.Equal(t, row.want, explained(row.before, row.union, row.listings), row.name)
	}
}

// Whatever orders vTiger makes of records that are equal in the sorted field: what is believed is the membership.
func TestOnlyTheWholeMembershipIsExplained(t *testing.T) {
	random := rand.New(rand.NewPCG(1, 2))
	believed := 0
	for n := 1; n <= 300; n++ {
		var members []string
		for i := range n {
			members = append(members, "12x"+strconv.Itoa(i))
		}
		union, listings := map[string]bool{}, []listing{}
		for range 1 + random.IntN(4) {
			rows, l := shownOf(members)
			for _, id := range rows {
				union[id] = true
			}
			listings = append(listings, l)
			require.True(t, l.plausible(n))
			require.Equal(t, n, l.members())
			require.Equal(t, len(union) == n, explained(n, len(union), listings), n)
			for range random.IntN(2) * n { // sometimes the next order is the same
				i, j := random.IntN(n), random.IntN(n)
				members[i], members[j] = members[j], members[i]
			}
		}
		if explained(n, len(union), listings) {
			believed++
		}
	}
	require.Greater(t, believed, 20)
}

func TestOrdersGoBothWaysUnlessBothLoseTheSame(t *testing.T) {
	require.Equal(t, []order{{"a", false}, {"a", true}, {"b", false}, {"b", true}}, orders(40, []string{"a", "b"}))
	require.Equal(t, []order{{"a", false}, {"b", false}}, orders(41, []string{"a", "b"}))
}
