package alert

import (
	"bytes"
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"mime"
	"mime/quotedprintable"
	"net"
	"net/mail"
	"net/smtp"
	"net/textproto"
	"strconv"
	"strings"
	"time"

	"contactbridge/internal/contact"
)

// SMTP is a mail server that takes messages for others.
type SMTP struct {
	Host     string
	Port     int    // 465 speaks TLS from the beginning; on others it is begun when the server offers it
	Username string // empty: without signing in
	Password string
	From     string
	Roots    *x509.CertPool // that sign the server's certificate; nil: the machine's
}

// implicitTLS is the port on which TLS is not asked for.
const implicitTLS = 465

// Send hands over a notice for one address. An error says what the server objects to, by its code.
func (s SMTP) Send(ctx context.Context, to string, n Notice) error {
	ctx, cancel := context.WithTimeout(ctx, sendTime)
	defer cancel()
	c, err := s.dial(ctx)
	if err != nil {
		return objection("reach the mail server", "The mail server does not answer.", err)
	}
	defer c.Close()
	if err := s.greet(c); err != nil {
		return err
	}
	if err := c.Mail(s.From); err != nil {
		return objection("send a mail", "The mail server refuses the sender.", err)
	}
	if err := c.Rcpt(to); err != nil {
		return objection("send a mail", "The mail server refuses the receiver.", err)
	}
	w, err := c.Data()
	if err == nil {
		_, err = w.Write(s.message(to, n))
		err = errors.Join(err, w.Close())
	}
	if err != nil {
		return objection("send a mail", "The mail server refuses the message.", err)
	}
	// It was taken; how the server says good-bye changes nothing.
	_ = c.Quit()
	return nil
}

func (s SMTP) tls() *tls.Config { return &tls.Config{ServerName: s.Host, RootCAs: s.Roots} }

func (s SMTP) dial(ctx context.Context) (*smtp.Client, error) {
	conn, err := (&net.Dialer{}).DialContext(ctx, "tcp", net.JoinHostPort(s.Host, strconv.Itoa(s.Port)))
	if err != nil {
		return nil, err
	}
	if until, set := ctx.Deadline(); set {
		// A connection that takes no deadline is refused by what follows.
		_ = conn.SetDeadline(until)
	}
	if s.Port == implicitTLS {
		conn = tls.Client(conn, s.tls())
	}
	c, err := smtp.NewClient(conn, s.Host)
	if err != nil {
		conn.Close()
	}
	return c, err
}

// greet begins TLS where it is offered, and signs in; a password never travels in the clear, but on this machine.
func (s SMTP) greet(c *smtp.Client) error {
	if offered, _ := c.Extension("STARTTLS"); offered {
		if err := c.StartTLS(s.tls()); err != nil {
			return objection("begin TLS with the mail server", "The mail server's certificate cannot be trusted.", err)
		}
	}
	if s.Username == "" {
		return nil
	}
	if err := c.Auth(smtp.PlainAuth("", s.Username, s.Password, s.Host)); err != nil {
		return objection("sign in to the mail server", "The mail server refuses the user name and password, or offers no encryption for them.", err)
	}
	return nil
}

// message spells the mail. Names may hold anything, so the subject is encoded.
func (s SMTP) message(to string, n Notice) []byte {
	var out bytes.Buffer
	for _, h := range [][2]string{
		{"From", (&mail.Address{Name: "Contact Bridge", Address: s.From}).String()},
		{"To", (&mail.Address{Address: to}).String()},
		{"Subject", mime.QEncoding.Encode("utf-8", n.Subject())},
		{"Date", time.Now().Format(time.RFC1123Z)},
		{"Message-ID", "<" + n.ID + s.From[strings.LastIndex(s.From, "@"):] + ">"},
		{"Auto-Submitted", "auto-generated"},
		{"MIME-Version", "1.0"},
		{"Content-Type", "text/plain; charset=utf-8"},
		{"Content-Transfer-Encoding", "quoted-printable"},
	} {
		fmt.Fprintf(&out, "%s: %s\r\n", h[0], h[1])
	}
	out.WriteString("\r\n")
	body := quotedprintable.NewWriter(&out)
	// A buffer takes everything.
	_, _ = body.Write([]byte(n.Text()))
	_ = body.Close()
	return out.Bytes()
}

// objection keeps the server's code and leaves its text, which may quote addresses.
func objection(doing, sentence string, err error) error {
	e := &contact.Error{Kind: contact.Unavailable, Doing: doing, Sentence: sentence}
	var said *textproto.Error
	if errors.As(err, &said) {
		e.Code = strconv.Itoa(said.Code)
	}
	return e
}
