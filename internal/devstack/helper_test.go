package devstack_test

import (
	"context"
	"fmt"
	"os"
	"strconv"
	"time"

	"contactbridge/internal/devstack"
)

func itoa(n int) string { return strconv.Itoa(n) }

// helper owns a private PostgreSQL and Temporal, prints their process ids and waits to be killed.
func helper() {
	log := func(line string) { fmt.Fprintln(os.Stderr, line) }
	postgres, err := devstack.Postgres(context.Background(), log)
	if err != nil {
		log(err.Error())
		os.Exit(1)
	}
	temporal, err := devstack.Temporal(context.Background(), log)
	if err != nil {
		log(err.Error())
		os.Exit(1)
	}
	for _, owner := range []interface{ PrivateProcess() (int, string) }{postgres, temporal} {
		pid, folder := owner.PrivateProcess()
		fmt.Println(pid, folder)
	}
	time.Sleep(10 * time.Minute)
}
