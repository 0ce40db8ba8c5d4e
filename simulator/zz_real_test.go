package simulator

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"log/slog"
	"net/http"
	"os"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/guomen/guomen/port"
)

func TestReal(t *testing.T) {
	server := os.Getenv("SIM_SERVER")
	if server == "" {
		t.Skip("no SIM_SERVER")
	}
	data, err := os.ReadFile(os.Getenv("SIM_TOKENS"))
	if err != nil {
		t.Fatal(err)
	}
	var main map[string]string
	if err := json.Unmarshal(data, &main); err != nil {
		t.Fatal(err)
	}
	prefix := map[string]string{"customs": "customs", "inspection": "customs", "quarantine": "customs", "border_inspection": "border", "transport": "transport", "port_operator": "operator", "yard_operator": "yard", "port_office": "office", "device": "device"}
	var mu sync.Mutex
	cache := map[string]string{}
	tokens := func(role string, p port.PortID) string {
		org, ok := prefix[role]
		if !ok {
			return main[role]
		}
		mu.Lock()
		defer mu.Unlock()
		key := role + "@" + string(p)
		if cache[key] == "" {
			body, _ := json.Marshal(map[string]string{"organisation": org + "-" + string(p.Site()), "role": role, "person": "sim", "port": string(p)})
			req, _ := http.NewRequest("POST", server+"/v1/tokens", bytes.NewReader(body))
			req.Header.Set("Authorization", "Bearer "+main["administrator"])
			req.Header.Set("Content-Type", "application/json")
			resp, err := http.DefaultClient.Do(req)
			if err != nil {
				t.Error(err)
				return ""
			}
			defer resp.Body.Close()
			var out struct{ Token string }
			_ = json.NewDecoder(resp.Body).Decode(&out)
			if out.Token == "" {
				t.Errorf("token %s: %d", key, resp.StatusCode)
			}
			cache[key] = out.Token
		}
		return cache[key]
	}
	speed, _ := strconv.ParseFloat(os.Getenv("SIM_SPEED"), 64)
	seconds, _ := strconv.Atoi(os.Getenv("SIM_SECONDS"))
	cfg := Config{Server: server, Tokens: tokens, Seed: 1, Speed: speed, Start: morning, Log: slog.New(slog.NewTextHandler(os.Stderr, &slog.HandlerOptions{Level: slog.LevelWarn}))}
	if ports := os.Getenv("SIM_PORTS"); ports != "" {
		for _, p := range strings.Split(ports, ",") {
			cfg.Ports = append(cfg.Ports, port.PortID(p))
		}
	}
	s, err := New(cfg)
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithTimeout(t.Context(), time.Duration(seconds)*time.Second)
	defer cancel()
	if err := s.Run(ctx); err != nil {
		t.Error(err)
	}
	text, _ := json.MarshalIndent(s.Report(), "", " ")
	fmt.Println(string(text))
}
