package main
import ("testing";"github.com/guomen/guomen/internal/identity";"time";"os")
func TestZZ(t *testing.T){
 b:=time.Now()
 w:=newWorld(t,"memory:",identity.Principal{})
 t.Log(time.Since(b))
 man,_:=os.ReadFile("../../exchange/testdata/manifest_coal.json")
 dec,_:=os.ReadFile("../../exchange/testdata/declaration_coal.json")
 for _,x:=range [][4]string{
  {w.token(identity.Carrier,""),"POST","/v1/manifests?port=ganqimaodu-road",string(man)},
  {w.token(identity.Trader,""),"POST","/v1/declarations?port=ganqimaodu-road",string(dec)},
  {w.token(identity.Customs,here),"GET","/v1/requirements",""},
  {w.token(identity.Region,""),"GET","/v1/movements",""},
  {w.token(identity.Region,""),"GET","/v1/movements?limit=x",""},
  {w.token(identity.Customs,here),"POST","/v1/requirements/x/verdicts","{"},
  {w.token(identity.Customs,here),"POST","/v1/requirements/x/verdicts",`{"result":"bad","foo":1}`},
  {w.token(identity.Customs,here),"GET","/v1/nothing",""},
  {"","GET","/v1/nothing",""},
  {"","GET","/v1/manifests",""},
  {w.token(identity.Customs,here),"GET","/v1/facts?ledger=port:ganqimaodu-road",""},
 }{
  time.Sleep(50*time.Millisecond)
  r:=w.ask(t,x[0],x[1],x[2],x[3])
  t.Log(x[1],x[2],r.status,r.header.Get("Content-Type"),string(r.body[:min(len(r.body),1800)]))
 }
}
