package main

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/chromedp"
)

// TestMainPathInBrowser is what a newcomer does: he opens the map while trucks move, opens a port and a truck, reads its
// checklist and clock, sends a WCO declaration of his own, and watches its truck arrive, be released and leave.
func TestMainPathInBrowser(t *testing.T) {
	if testing.Short() {
		t.Skip("a browser and a minute of traffic")
	}
	browser := chromium(t)
	server := startDemo(t, "mandula-road")
	ctx, cancel := context.WithTimeout(browser, 90*time.Second)
	defer cancel()
	b := &visitor{t: t, ctx: ctx, artefacts: artefacts(t)}

	b.do("open the map", chromedp.Navigate(server.url+"/"), chromedp.WaitVisible("main h1"))
	b.see("main h1", "一张图")
	b.count("the map's ports", "[id^='row-']", 20)
	b.shot("map")
	b.do("wait for the first truck", chromedp.WaitVisible("#latest a[href^='/movements/']"))

	b.do("open the port", chromedp.Navigate(server.url+"/ports/mandula-road"), chromedp.WaitVisible("main h1"))
	b.see("main h1", "满都拉")
	b.shot("port")
	b.do("open a truck", chromedp.WaitVisible("main a[href^='/movements/']"), chromedp.Click("main a[href^='/movements/']"), chromedp.WaitVisible("#movement-checklist"))
	b.see("#movement-clock", "T4")
	b.shot("truck")

	reference, waybill := "BROWSER-"+fmt.Sprint(time.Now().Unix()), "BWB"+fmt.Sprint(time.Now().Unix())
	file := ownDeclaration(t, reference, waybill)
	var out, talk bytes.Buffer
	if status := run(ctx, []string{"submit", "--server", server.url, "--token", server.tokens["trader"], "--port", "mandula-road", file}, &out, &talk); status != 0 {
		t.Fatalf("submit: %d %s %s", status, out.String(), talk.String())
	}
	if !strings.Contains(out.String(), `"outcome":"accepted"`) {
		t.Fatalf("submit says %s", out.String())
	}
	b.do("search for it", chromedp.Poll[chromedp.Void](`fetch("/search?q=`+reference+`").then(r => r.url.includes("/movements/"))`, chromedp.WithPollingInterval(500*time.Millisecond), chromedp.WithPollingTimeout(0)),
		chromedp.Navigate(server.url+"/search?q="+reference), chromedp.WaitVisible("#movement-checklist"))
	b.see("#movement-head", reference)
	b.shot("own-announced")
	// The page follows by itself: nothing is reloaded from here on.
	b.do("watch it leave", chromedp.Poll[chromedp.Void](`document.querySelector("#movement-head").textContent.includes("已驶离")`, chromedp.WithPollingInterval(500*time.Millisecond), chromedp.WithPollingTimeout(0)))
	b.see("#movement-facts", "货物提离")
	b.see("#movement-checklist", "海关放行")
	b.shot("own-left")
	b.do("in English", chromedp.Click("button[name=language][value=en]"), chromedp.WaitVisible("html[lang=en]"))
	b.shot("own-left-en")
}

// visitor is somebody at a browser. The first thing that fails ends the test, with a picture of what he saw.
type visitor struct {
	t         *testing.T
	ctx       context.Context
	artefacts string
}

func (v *visitor) do(what string, actions ...chromedp.Action[chromedp.Void]) {
	v.t.Helper()
	if err := chromedp.Do(v.ctx, actions...); err != nil {
		v.shot("failed")
		v.t.Fatalf("%s: %v (pictures in %s)", what, err, v.artefacts)
	}
}

func (v *visitor) see(selector, text string) {
	v.t.Helper()
	found, err := chromedp.Run(v.ctx, chromedp.Text(selector, chromedp.NodeVisible))
	if err != nil {
		v.shot("failed")
		v.t.Fatalf("read %s: %v", selector, err)
	}
	if !strings.Contains(found, text) {
		v.shot("failed")
		v.t.Fatalf("%s says %q, not %q", selector, found, text)
	}
}

func (v *visitor) count(what, selector string, want int) {
	v.t.Helper()
	n, err := chromedp.Run(v.ctx, chromedp.Evaluate[int](`document.querySelectorAll("`+selector+`").length`))
	if err != nil || n != want {
		v.t.Fatalf("%s: %d, want %d: %v", what, n, want, err)
	}
}

func (v *visitor) shot(name string) {
	ctx, cancel := context.WithTimeout(v.ctx, 20*time.Second)
	defer cancel()
	if picture, err := chromedp.Run(ctx, chromedp.FullScreenshot(100)); err == nil {
		_ = os.WriteFile(filepath.Join(v.artefacts, name+".png"), picture, 0o600)
	}
}

// artefacts is where pictures of the run are kept: $GUOMEN_ARTEFACTS, or a temporary folder.
func artefacts(t *testing.T) string {
	if dir := os.Getenv("GUOMEN_ARTEFACTS"); dir != "" {
		if err := os.MkdirAll(dir, 0o750); err != nil {
			t.Fatal(err)
		}
		return dir
	}
	return t.TempDir()
}

// chromium starts Debian's browser; without one the test is skipped, in CI it fails.
func chromium(t *testing.T) context.Context {
	path, err := exec.LookPath("chromium")
	if err != nil {
		if os.Getenv("CI") == "true" {
			t.Fatal("no chromium: apt-get install chromium")
		}
		t.Skip("no chromium: apt-get install chromium")
	}
	options := append(chromedp.DefaultExecAllocatorOptions[:], chromedp.ExecPath(path), chromedp.NoSandbox, chromedp.WindowSize(1440, 900),
		chromedp.Flag("disable-quic", true), chromedp.Flag("disable-component-update", true), chromedp.Flag("accept-lang", "zh-CN"), chromedp.Flag("lang", "zh-CN"))
	allocator, stop := chromedp.NewExecAllocator(context.Background(), options...)
	t.Cleanup(stop)
	ctx, cancel := chromedp.NewContext(allocator)
	t.Cleanup(cancel)
	return ctx
}

// demoServer is a demonstration in this process.
type demoServer struct {
	url    string
	tokens map[string]string
}

func startDemo(t *testing.T, ports string) demoServer {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	address := listener.Addr().String()
	_ = listener.Close()
	dir := t.TempDir()
	ctx, stop := context.WithCancel(context.Background())
	ended := make(chan error, 1)
	go func() {
		ended <- runDemo(ctx, []string{"--data", dir, "--listen", address, "--speed", "600", "--ports", ports}, os.Stdout)
	}()
	t.Cleanup(func() {
		stop()
		if err := <-ended; err != nil {
			t.Errorf("the demo ended with %v", err)
		}
	})
	s := demoServer{url: "http://" + address}
	for deadline := time.Now().Add(time.Minute); ; time.Sleep(100 * time.Millisecond) {
		if answer, err := http.Get(s.url + "/readyz"); err == nil {
			_ = answer.Body.Close()
			break
		}
		if time.Now().After(deadline) {
			t.Fatal("the demo is not ready after a minute")
		}
	}
	data, err := os.ReadFile(filepath.Join(dir, "tokens.json"))
	if err == nil {
		err = json.Unmarshal(data, &s.tokens)
	}
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// ownDeclaration is a newcomer's own file: the sample with another reference and waybill, and no vehicle or batch.
func ownDeclaration(t *testing.T, reference, waybill string) string {
	sample, err := os.ReadFile("../../exchange/testdata/declaration_coal.xml")
	if err != nil {
		t.Fatal(err)
	}
	text := strings.NewReplacer("DEMO-COAL-20261122-001", reference, "DEMO2611220001", waybill).Replace(string(sample))
	file := filepath.Join(t.TempDir(), "own.xml")
	if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	return file
}
