package alert

import (
	"bufio"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"encoding/base64"
	"fmt"
	"math/big"
	"mime"
	"net"
	"net/http"
	"net/http/httptest"
	"net/mail"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"contactbridge/internal/contact"
)

// postOffice is a mail server with STARTTLS, if it offers it, that takes one password.
type postOffice struct {
	certificate tls.Certificate
	offers      bool
	said        []string // by the client, in order
	text        string
}

// open serves one client and tells when it left.
func (p *postOffice) open(t *testing.T) (port int, left chan struct{}) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	left = make(chan struct{})
	go func() {
		defer close(left)
		defer l.Close()
		if conn, err := l.Accept(); err == nil {
			p.serve(conn)
			conn.Close()
		}
	}()
	return l.Addr().(*net.TCPAddr).Port, left
}

func (p *postOffice) serve(conn net.Conn) {
	in, encrypted := bufio.NewReader(conn), false
	say := func(lines ...string) { fmt.Fprint(conn, strings.Join(lines, "\r\n")+"\r\n") }
	say("220 mail.example ESMTP")
	for {
		line, err := in.ReadString('\n')
		if err != nil {
			return
		}
		line = strings.TrimSpace(line)
		p.said = append(p.said, line)
		switch verb, _, _ := strings.Cut(line, " "); verb {
		case "EHLO":
			if p.offers && !encrypted {
				say("250-mail.example", "250-STARTTLS", "250 AUTH PLAIN")
			} else {
				say("250-mail.example", "250 AUTH PLAIN")
			}
		case "STARTTLS":
			say("220 go on")
			conn = tls.Server(conn, &tls.Config{Certificates: []tls.Certificate{p.certificate}})
			in, encrypted = bufio.NewReader(conn), true
		case "AUTH":
			raw, _ := base64.StdEncoding.DecodeString(strings.TrimPrefix(line, "AUTH PLAIN "))
			if string(raw) != "\x00bridge\x00right" {
				say("535 5.7.8 no")
				continue
			}
			say("235 welcome")
		case "DATA":
			say("354 go on")
			for line := ""; line != ".\r\n"; {
				p.text += line
				if line, err = in.ReadString('\n'); err != nil {
					return
				}
			}
			say("250 taken")
		case "QUIT":
			say("221 bye")
			return
		default:
			say("250 ok")
		}
	}
}

// certified gives a certificate for 127.0.0.1 and the roots that sign it.
func certified(t *testing.T) (tls.Certificate, *x509.CertPool) {
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	require.NoError(t, err)
	template := &x509.Certificate{
		SerialNumber: big.NewInt(1), NotAfter: time.Now().Add(time.Hour), IPAddresses: []net.IP{net.IPv4(127, 0, 0, 1)}, IsCA: true,
		BasicConstraintsValid: true, KeyUsage: x509.KeyUsageCertSign | x509.KeyUsageDigitalSignature,
	}
	raw, err := x509.CreateCertificate(rand.Reader, template, template, &key.PublicKey, key)
	require.NoError(t, err)
	made, err := x509.ParseCertificate(raw)
	require.NoError(t, err)
	roots := x509.NewCertPool()
	roots.AddCert(made)
	return tls.Certificate{Certificate: [][]byte{raw}, PrivateKey: key}, roots
}

var notice = Notice{ID: "7", Kind: "needs-sign-in", Connection: "c", Module: "Contacts", UserName: "Zoë\r\nBcc: all@x.example", What: "The sign-in of Zoë was revoked; sign in again."}.Worded("https://bridge.example")

// TLS is begun where it is offered, before the password is told, and a name cannot add a header.
func TestMailIsEncryptedWhereThatIsOffered(t *testing.T) {
	certificate, roots := certified(t)
	office := &postOffice{certificate: certificate, offers: true}
	port, left := office.open(t)
	server := SMTP{Host: "127.0.0.1", Port: port, Username: "bridge", Password: "right", From: "bridge@x.example", Roots: roots}
	require.NoError(t, server.Send(t.Context(), "admin@x.example", notice))
	<-left
	require.Equal(t, []string{"EHLO localhost", "STARTTLS", "EHLO localhost"}, office.said[:3])
	require.Contains(t, office.said, "RCPT TO:<admin@x.example>")
	read, err := mail.ReadMessage(strings.NewReader(office.text))
	require.NoError(t, err)
	subject, err := new(mime.WordDecoder).DecodeHeader(read.Header.Get("Subject"))
	require.NoError(t, err)
	require.Equal(t, notice.Subject(), subject)
	require.Empty(t, read.Header.Get("Bcc"))
	require.Equal(t, "<7@x.example>", read.Header.Get("Message-ID"))
}

func TestMailThatIsRefused(t *testing.T) {
	certificate, roots := certified(t)
	for name, c := range map[string]struct {
		server   SMTP
		sentence string
	}{
		"a stranger's certificate": {SMTP{}, "certificate"},
		"a wrong password":         {SMTP{Username: "bridge", Password: "wrong", Roots: roots}, "refuses the user name"},
	} {
		t.Run(name, func(t *testing.T) {
			office := &postOffice{certificate: certificate, offers: true}
			port, left := office.open(t)
			c.server.Host, c.server.Port, c.server.From = "127.0.0.1", port, "bridge@x.example"
			err := c.server.Send(t.Context(), "admin@x.example", notice)
			<-left
			require.Contains(t, contact.SentenceOf(err), c.sentence)
			require.NotContains(t, err.Error(), "wrong")
			require.Empty(t, office.text)
		})
	}
	err := SMTP{Host: "127.0.0.1", Port: 1, From: "bridge@x.example"}.Send(t.Context(), "admin@x.example", notice)
	require.Equal(t, "The mail server does not answer.", contact.SentenceOf(err))
}

// The signature is that of the Standard Webhooks specification, over what was sent.
func TestTheWebhookIsSigned(t *testing.T) {
	var header http.Header
	var body []byte
	status := http.StatusNoContent
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		header = r.Header
		body = make([]byte, r.ContentLength)
		r.Body.Read(body)
		w.WriteHeader(status)
	}))
	defer s.Close()
	require.NoError(t, Webhook{URL: s.URL, Secret: "hush"}.Send(t.Context(), notice))
	require.Equal(t, "v1,"+sign("hush", "7."+header.Get("Webhook-Timestamp")+"."+string(body)), header.Get("Webhook-Signature"))
	require.Contains(t, string(body), `"kind":"needs-sign-in"`)
	require.NoError(t, Webhook{URL: s.URL}.Send(t.Context(), notice))
	require.Empty(t, header.Get("Webhook-Signature"))
	status = http.StatusFound
	require.ErrorContains(t, Webhook{URL: s.URL}.Send(t.Context(), notice), "302")
	s.Close()
	require.Equal(t, "The webhook does not answer.", contact.SentenceOf(Webhook{URL: s.URL}.Send(t.Context(), notice)))
}

// A known value, so that sign stays what receivers compute.
func TestSign(t *testing.T) {
	require.Equal(t, "97yD9DBThCSxMpjmqm+xQ+9NWaFJRhdZl0edvC0aPNg=", sign("key", "The quick brown fox jumps over the lazy dog"))
}
