/* Overlays: the same rules of sequence and snapshot as the pages, but made for hours without a
 * hand: connects for ever, keeps the last number on screen, shows no error text. At most one timer
 * a second and one short count-up. Not for: pages (app.js). */
(function () {
  "use strict";
  var body = document.body;
  var root = document.documentElement;
  function option(name) { return body.getAttribute("data-" + name) || ""; }
  var delay = Number(option("delay")) * 1000;
  var motion = option("motion") === "on" && !matchMedia("(prefers-reduced-motion: reduce)").matches;
  var hide = option("hide").split(",");
  var pot = document.querySelector('[data-part="pot"]');
  var grid = document.querySelector('[data-part="grid"]');
  var ticker = document.querySelector('[data-part="ticker"]');
  var result = document.querySelector('[data-part="result"]');
  var table = document.querySelector('[data-part="standings"]');
  var sponsor = document.querySelector('[data-part="sponsor"]');
  var card = document.querySelector('[data-part="tip"]');
  var songs = document.querySelector('[data-part="queue"]');
  var health = {seq: 0, channel: "", late: 0, lost: 0, sponsor: 0};
  var now = {state: null, shown: null, skew: 0};
  var lines = [], lastLine = 0, lastGood = Date.now(), sparkAt = 0;
  var current = null;

  root.style.setProperty("--unit", Number(option("scale")) / 100 + "px");
  root.style.setProperty("--safe", option("safe"));
  root.style.setProperty("--plate", Number(option("plate")) / 100);
  hide.forEach(function (w) { if (/^[a-z]+$/.test(w)) body.classList.add("hide-" + w); });

  function places(ccy) { return {JPY: 0, KRW: 0, KWD: 3, BHD: 3}[ccy] === undefined ? 2 : {JPY: 0, KRW: 0, KWD: 3, BHD: 3}[ccy]; }
  function digits(minor, ccy) {
    var n = places(ccy), s = String(Math.abs(minor));
    while (s.length <= n) s = "0" + s;
    return n ? s.slice(0, -n) + "." + s.slice(-n) : s;
  }
  function sign(p) { return (/^[^0-9]*/.exec(p.text || "")[0] || "").trim() || "$"; }
  function cut(name, max) {
    var signs = Array.from(name || "");
    return signs.length > max ? signs.slice(0, max - 1).join("") + "…" : signs.join("");
  }

  /* Counts to the new number once, in 400 ms. */
  var counting = 0;
  function showDigits(minor, ccy) {
    var el = pot.querySelector("[data-digits]");
    function put(v) {
      var t = digits(v, ccy);
      el.textContent = t;
      el.setAttribute("data-ghost", t.replace(/[0-9]/g, "8"));
    }
    var from = now.shown;
    now.shown = minor;
    if (counting) cancelAnimationFrame(counting);
    counting = 0;
    if (from === null || from === minor || !motion || document.hidden) { put(minor); return; }
    pot.classList.toggle("fall", minor < from);
    pot.classList.remove("flash");
    void pot.offsetWidth;
    pot.classList.add("flash");
    var start = performance.now();
    (function step(t) {
      var part = Math.min(1, Math.max(0, (t - start) / 400));
      put(Math.round(from + (minor - from) * (1 - Math.pow(1 - part, 3))));
      counting = part < 1 ? requestAnimationFrame(step) : 0;
    })(start);
    /* A source that is not drawn gets no frames: the right number all the same. */
    setTimeout(function () { if (now.shown === minor) { cancelAnimationFrame(counting); counting = 0; put(minor); } }, 700);
  }

  function words(s) {
    if (!s) return "";
    return s.delta < 0 ? "refund " + s.amount_text.replace(/^[-−]?/, "−") + ", pot " + s.delta_text
      : s.title + ", " + s.amount_text + ", pot " + s.delta_text;
  }

  function showGate() {
    if (!pot || !now.state) return;
    var s = now.state, el = pot.querySelector("[data-gate]"), t = "";
    el.className = "pot__line";
    if (s.gate === "open") t = "Every order counts now";
    else if (s.gate === "grace" && s.counts_until) {
      var left = Math.round((Date.parse(s.counts_until) - Date.now() - now.skew) / 1000);
      if (left > 0) {
        t = "Orders count until " + new Date(s.counts_until).toLocaleTimeString([], {hour12: false}) +
          " · " + Math.floor(left / 60) + ":" + ("0" + left % 60).slice(-2);
        el.classList.add("grace");
      } else t = "The window is closed";
    } else if (s.state === "LOBBY") t = "Starting soon";
    else if (s.opened_at) t = s.state === "VOID" ? "This race does not count" : "The window is closed";
    if (el.textContent !== t) el.textContent = t;
  }

  function showPot(s) {
    pot.hidden = false;
    pot.querySelector("[data-name]").textContent = cut(s.name, 28);
    pot.querySelector("[data-sign]").textContent = sign(s.pot);
    showDigits(s.pot.amount, s.pot.currency);
    var change = pot.querySelector("[data-change]"), top = (s.last || [])[0];
    change.textContent = words(top);
    change.classList.toggle("down", !!top && top.delta < 0);
    showGate();
    if (option("spark") === "on" && s.race) showSpark(s.race);
  }

  function showSpark(race) {
    var box = pot.querySelector("[data-spark-box]");
    if (Date.now() - sparkAt < 3000) return;
    sparkAt = Date.now();
    fetch("/race/" + race + "/spark.svg", {credentials: "omit"}).then(function (r) { return r.ok ? r.text() : ""; }).then(function (svg) {
      if (!svg) return;
      var d = new DOMParser().parseFromString(svg, "image/svg+xml").documentElement;
      if (d.nodeName !== "svg") return;
      box.textContent = "";
      box.appendChild(document.importNode(d, true));
      box.hidden = false;
    }).catch(function () { /* the next change tries again */ });
  }

  function showGrid(s) {
    var list = grid.querySelector("[data-grid]");
    var seats = (s.seats || []).slice();
    grid.hidden = !seats.length;
    var placed = seats.some(function (seat) { return seat.place || seat.dnf; });
    seats.sort(function (a, b) { return (a.place || 99) - (b.place || 99) || a.seat - b.seat; });
    list.textContent = "";
    seats.slice(0, Number(option("top"))).forEach(function (seat) {
      var li = document.createElement("li");
      if (seat.dnf || seat.left) li.className = "out";
      [["plate" + (seat.place ? " p" + seat.place : ""), String(seat.place || (placed ? "–" : seat.seat))], ["grid__name", cut(seat.name, 16)],
        ["grid__share", seat.dnf ? "DNF " + seat.text : seat.text]].forEach(function (p) {
        var span = document.createElement("span");
        span.className = p[0];
        span.textContent = p[1];
        li.appendChild(span);
      });
      list.appendChild(li);
    });
  }

  /* One line, replaced every six seconds; never moving text. */
  function showLine() {
    if (!ticker || !lines.length || Date.now() - lastLine < 6000) return;
    lastLine = Date.now();
    var s = lines.shift(), p = ticker.querySelector("[data-ticker]"), what, paid, third;
    if (!lines.length && now.state) lines = (now.state.last || []).slice(0, 8);
    ticker.hidden = false;
    ticker.classList.toggle("down", s.delta < 0);
    p.textContent = "";
    what = s.delta < 0 ? "refund" : cut(s.title, 40);
    paid = s.delta < 0 ? s.amount_text.replace(/^[-−]?/, "−") : s.amount_text;
    third = s.tip ? "for DJ " + cut(s.dj, 16) : "pot " + s.delta_text;
    [["ticker__what", what], ["ticker__paid", paid], ["ticker__pot", third]].forEach(function (part) {
      var el = document.createElement("span");
      el.className = part[0];
      el.textContent = part[1];
      p.appendChild(el);
    });
  }

  function apply(state) {
    var known = now.state && now.state.race === state.race && now.state.last && now.state.last[0] ? now.state.last[0].seq : 0;
    if (now.state && now.state.race !== state.race) now.shown = null;
    now.state = state;
    if (result) showResult(state);
    if (!state.pot) return;
    if (pot && !(option("refunds") === "end" && state.gate === "open" && now.shown !== null && state.pot.amount < now.shown)) showPot(state);
    if (grid) showGrid(state);
    if (ticker) {
      var fresh = (state.last || []).filter(function (l) { return l.seq > known; }).reverse();
      if (fresh.length && known) { lines = fresh; lastLine = 0; }
      else if (!lines.length) lines = (state.last || []).slice(0, 8);
      showLine();
    }
  }

  function row(list, parts, out) {
    var li = document.createElement("li");
    if (out) li.className = "out";
    parts.forEach(function (p) {
      var span = document.createElement("span");
      span.className = p[0];
      span.textContent = p[1];
      li.appendChild(span);
    });
    list.appendChild(li);
  }

  /* The podium for 20 s after a race became final; a source that comes later shows the rest of them. */
  var resultUntil = 0;
  function showResult(s) {
    var since = s.final_at ? Date.now() + now.skew - Date.parse(s.final_at) : -1;
    if (since < 0 || since > 20000) return;
    var list = result.querySelector("[data-podium]");
    result.querySelector("[data-result-name]").textContent = cut(s.name, 28);
    list.textContent = "";
    (s.seats || []).filter(function (seat) { return seat.place >= 1 && seat.place <= 3; })
      .sort(function (a, b) { return a.place - b.place; }).forEach(function (seat) {
        row(list, [["plate p" + seat.place, String(seat.place)], ["grid__name", cut(seat.name, 16)], ["grid__share", seat.text]]);
      });
    result.hidden = !list.children.length;
    resultUntil = Date.now() + 20000 - since;
  }

  function showTable(s) {
    var list = table.querySelector("[data-table]"), rows = (s.rows || []).slice(0, Math.min(8, Number(option("top")) || 5));
    table.querySelector("[data-season-name]").textContent = cut(s.season && s.season.name, 28);
    list.textContent = "";
    rows.forEach(function (r) {
      row(list, [["plate p" + r.rank, String(r.rank)], ["grid__name", cut(r.name, 16)], ["grid__points", String(r.points)]]);
    });
    table.hidden = !rows.length;
  }

  /* Tips: one card at a time for 8 s; more than ten that wait become one. A source that comes later
   * shows none of those before it. */
  var tips = {last: -1, wait: [], more: 0, sum: 0, until: 0, shown: 0};
  function amountText(minor) { return hide.indexOf("amounts") >= 0 ? "" : sign({text: option("zero")}) + digits(minor, option("currency")); }
  function songText(s) { return s.title ? cut(s.title, 40) + (s.artist ? " – " + cut(s.artist, 40) : "") : ""; }
  function nameOf(s) { return hide.indexOf("names") >= 0 ? "Someone" : cut(s.from, 16); }

  function showDj(s) {
    if (songs) showQueue(s);
    var list = s.tips || [], newest = list.length ? list[0].tip : 0;
    var fresh = tips.last < 0 ? [] : list.filter(function (t) { return t.tip > tips.last && t.returned < t.amount; }).reverse();
    tips.last = Math.max(tips.last, newest);
    tips.wait = tips.wait.filter(function (t) {
      return !list.some(function (now) { return now.tip === t.tip && now.returned === now.amount; });
    });
    fresh.forEach(function (t) {
      if (ticker) {
        lines.unshift({tip: t.tip, title: "tip from " + nameOf(t), amount_text: amountText(t.amount), delta: 0, dj: s.name});
        lastLine = 0;
      }
      if (card && tips.wait.length < 10) tips.wait.push(t);
      else if (card) { tips.more++; tips.sum += t.amount; }
    });
    if (fresh.length) { showCard(); showLine(); }
  }

  function showCard() {
    if (!card || Date.now() < tips.until) return;
    var t = tips.wait.shift();
    function part(name, words) { card.querySelector("[data-tip-" + name + "]").textContent = words; }
    if (!t && !tips.more) { card.hidden = true; return; }
    if (t) {
      part("from", nameOf(t));
      part("amount", amountText(t.amount));
      part("song", songText(t));
      part("text", hide.indexOf("messages") >= 0 ? "" : cut(t.message, 140));
    } else {
      part("from", "and " + tips.more + " more tip" + (tips.more === 1 ? "" : "s"));
      part("amount", amountText(tips.sum));
      part("song", "");
      part("text", "");
      tips.more = tips.sum = 0;
    }
    tips.until = Date.now() + 8000;
    card.hidden = false;
    card.classList.remove("arrives");
    void card.offsetWidth;
    if (motion) card.classList.add("arrives");
    ring();
  }

  /* Two soft tones of 300 ms, only when asked for. */
  var audio = null;
  function ring() {
    var Maker = window.AudioContext || window.webkitAudioContext;
    if (option("sound") !== "soft" || !Maker) return;
    audio = audio || new Maker();
    var gain = audio.createGain(), from = audio.currentTime;
    gain.gain.setValueAtTime(Number(option("volume")) / 500, from);
    gain.gain.linearRampToValueAtTime(0, from + 0.3);
    gain.connect(audio.destination);
    [523, 784].forEach(function (hz, i) {
      var tone = audio.createOscillator();
      tone.frequency.value = hz;
      tone.connect(gain);
      tone.start(from + i * 0.1);
      tone.stop(from + 0.3);
    });
  }

  function showQueue(s) {
    var list = songs.querySelector("[data-next]");
    songs.querySelector("[data-playing]").textContent = s.playing ? songText(s.playing) : "";
    songs.querySelector(".songs__label").hidden = songs.querySelector("[data-playing]").hidden = !s.playing;
    list.textContent = "";
    (s.next || []).slice(0, 3).forEach(function (r) { row(list, [["plate", String(r.position)], ["songs__song", songText(r)]]); });
    songs.hidden = !s.playing && !list.children.length;
  }

  var playing = null;
  function followDj(id) {
    if (playing && playing.id === id) return;
    if (playing) { playing.link.end(); tips = {last: -1, wait: [], more: 0, sum: 0, until: tips.until, shown: 0}; }
    if (songs) songs.hidden = true;
    playing = {id: id, link: id ? listen("dj/" + id, showDj, option("kind") !== "tip" && option("kind") !== "queue") : {end: function () {}}};
  }

  /* Who pays for this corner: asked every five minutes, one at a time, a minute each. */
  var sponsors = [], turn = 0;
  function askSponsors() {
    fetch("/sponsors.json", {credentials: "omit"}).then(function (r) { return r.ok ? r.json() : null; }).then(function (all) {
      var place = all && all.places && all.places["overlay_" + option("slot")];
      if (place) sponsors = place.sponsors || [];
      showSponsor();
    }).catch(function () { /* the next round asks again */ });
  }
  function showSponsor() {
    var s = sponsors.length ? sponsors[turn % sponsors.length] : null, logo = sponsor.querySelector("[data-logo]");
    sponsor.hidden = !s || hide.indexOf("sponsor") >= 0;
    health.sponsor = sponsor.hidden ? 0 : s.id;
    if (!s) return;
    sponsor.querySelector("[data-sponsor-name]").textContent = cut(s.name, 28);
    sponsor.querySelector("[data-sponsor-text]").textContent = cut(s.text, 60);
    logo.hidden = !s.logo_url;
    if (s.logo_url && logo.getAttribute("src") !== s.logo_url) logo.src = s.logo_url;
  }

  /* How this source is, every 15 s. OBS says whether it is on air; elsewhere the page's own state counts. */
  var onAir = null, frames = 0;
  window.addEventListener("obsSourceActiveChanged", function (e) { onAir = !!(e.detail && e.detail.active); });
  function note() {
    var visible = !document.hidden && onAir !== false;
    fetch(option("note"), {method: "POST", credentials: "omit", headers: {"Content-Type": "application/json"}, body: JSON.stringify({
      kind: option("kind"), seq: health.seq, channel: health.channel, visible: visible, late: health.late, reconnects: health.lost,
      place: health.sponsor ? "overlay_" + option("slot") : "", sponsor: health.sponsor,
      agent: (/OBS\/[0-9.]+/.exec(navigator.userAgent) || [""])[0], unknown: option("unknown")})}).catch(function () { /* the next note tells */ });
    health.late = 0;
  }

  function later(fn) { if (delay) setTimeout(fn, delay); else fn(); }

  /* quiet: by asking alone. Without HTTP/2 a browser has six connections to us, and streaming software
   * shares them between its sources: each source keeps one, for its main channel. */
  function listen(channel, onState, quiet) {
    var last = -1, etag = "", source = null, tries = 0, heard = 0, asking = false, ended = false;
    function snapshot() {
      if (asking || ended) return;
      asking = true;
      fetch("/live/" + channel + ".json", {headers: etag ? {"If-None-Match": etag} : {}, cache: "no-store", credentials: "omit"}).then(function (r) {
        asking = false;
        if (r.ok || r.status === 304 || r.status === 404) lastGood = Date.now();
        if (!r.ok) return null;
        etag = r.headers.get("ETag") || "";
        var said = Date.parse(r.headers.get("Date")), made = Date.parse(r.headers.get("Last-Modified"));
        return r.json().then(function (s) {
          /* The house's clock as it runs here: this machine's error, and a clock that was moved. */
          var skew = said - Date.now() + Date.parse(s.at) - made;
          if (s.at && !isNaN(skew)) now.skew = Math.abs(skew) < 3000 ? 0 : skew;
          return s;
        });
      }).then(function (s) {
        if (!s || ended || typeof s.seq !== "number" || s.seq < last) return;
        last = s.seq;
        if (channel !== "home" && !(quiet && /^dj/.test(channel))) { health.seq = s.seq; health.channel = channel; }
        later(function () { if (!ended) onState(s.state || {}); });
      }).catch(function () { asking = false; });
    }
    function connect() {
      if (quiet || ended || source || !window.EventSource) return;
      heard = Date.now();
      source = new EventSource("/live/" + channel);
      source.onopen = function () { tries = 0; heard = Date.now(); snapshot(); };
      source.onerror = again;
      source.onmessage = function (e) {
        var m;
        heard = Date.now();
        try { m = JSON.parse(e.data); } catch (x) { return; }
        /* What is old is ignored; everything else is read from the snapshot, which is whole. */
        if (m && m.seq > last) snapshot();
      };
    }
    function again() {
      if (source) source.close();
      source = null;
      health.lost++;
      setTimeout(connect, Math.min(30000, 1000 * Math.pow(2, Math.min(tries++, 5))) * (0.5 + Math.random() / 2));
    }
    (function poll() {
      if (ended) return;
      snapshot();
      if (source && Date.now() - heard > 40000) again();
      setTimeout(poll, 2000);
    })();
    connect();
    return {end: function () { ended = true; if (source) source.close(); }};
  }

  function follow(race) {
    if (current && current.race === race) return;
    if (current) current.link.end();
    current = {race: race, link: listen("race/" + race, apply, !pot && !grid && !ticker && !result)};
  }

  /* test=1: invented sales on this screen only. */
  function pretend() {
    var seq = 1, amount = 0, last = [], names = ["Nova", "Pixel", "Momo", "Turbo", "Kiki", "Ziggy", "Luna", "Bolt"], ccy = option("currency");
    function money(v) { return (v < 0 ? "−" : "") + "$" + digits(v, ccy); }
    (function step() {
      var delta = seq % 5 === 4 ? -500 : 300 + seq * 137 % 900;
      amount += delta;
      last.unshift({seq: seq, title: ["Hoodie", "Mug", "Cap", "Poster"][seq % 4], amount_text: money(Math.abs(delta * 5)), delta: delta, delta_text: (delta > 0 ? "+" : "") + money(delta)});
      last = last.slice(0, 8);
      seq++;
      apply({race: 1, name: "Test race", state: "RUNNING", gate: "open", pot: {amount: amount, currency: ccy, text: money(amount)}, last: last.slice(),
        opened_at: "1970-01-01T00:00:00Z", seats: names.map(function (n, i) { return {seat: i + 1, name: n, text: money(Math.floor(amount / 8))}; })});
      var song = {tip: seq, amount: 200 * seq, returned: 0, from: names[seq % 8], message: seq % 2 ? "Great set" : "", title: seq % 3 ? "" : "Night Drive", artist: "Kiki", position: 1};
      tips.last = tips.last < 0 ? 0 : tips.last;
      showDj({name: "Vinyl", tips: [song], playing: {title: "Slow Lap", artist: "Momo"}, next: [{title: "Night Drive", artist: "Kiki", position: 1}]});
      setTimeout(step, 5000);
    })();
  }

  setInterval(function () {
    var tick = Date.now();
    if (frames && tick - frames > 1500) health.late += Math.round((tick - frames - 1000) / 33);
    frames = tick;
    showGate();
    showLine();
    showCard();
    if (result && !result.hidden && tick > resultUntil) result.hidden = true;
    var dot = document.querySelector("[data-dot]");
    if (dot) dot.hidden = Date.now() - lastGood < 30000 || option("test") === "1";
  }, 1000);
  if (option("test") === "1") pretend();
  else {
    if (table && option("season")) listen(option("season"), showTable);
    if (sponsor) {
      askSponsors();
      setInterval(askSponsors, 300000);
      setInterval(function () { turn++; showSponsor(); }, 60000);
    }
    setTimeout(note, 1000);
    setInterval(note, 15000);
    if (option("live") && option("kind") !== "tip" && option("kind") !== "queue") follow(Number(option("live").replace(/^race\//, "")));
    if (card || songs || ticker) followDj(Number(option("dj")));
    if (option("follow") === "home" || !option("dj-fixed")) {
      listen("home", function (s) {
        if (s.race && option("follow") === "home" && option("kind") !== "tip" && option("kind") !== "queue") follow(s.race);
        if (typeof s.dj === "number" && (card || songs || ticker) && !option("dj-fixed")) followDj(s.dj);
      }, true);
    }
  }
})();
