/* Live parts of the pages: the base file of a channel is asked every two seconds, EventSource makes
 * it faster, and parts that the server draws are fetched again after a change. Every page works
 * without this file. Not for: overlays (overlay.js). */
(function () {
  "use strict";
  var body = document.body;
  var word = document.querySelector("[data-live-word]");
  var say = document.querySelector("[data-say]");
  var lastSaid = 0, lastGood = Date.now(), refreshTimer = 0, lastRefresh = 0;

  function each(selector, fn, root) {
    Array.prototype.forEach.call((root || document).querySelectorAll(selector), fn);
  }

  /* The visitor's own time zone; UTC stays in the title. */
  function localTimes(root) {
    each("time[data-when]", function (t) {
      var d = new Date(t.getAttribute("datetime"));
      if (isNaN(d)) return;
      var how = t.getAttribute("data-when");
      t.textContent = how === "clock" ? d.toLocaleTimeString() : how === "day" ? d.toLocaleDateString()
        : d.toLocaleString(undefined, {year: d.getFullYear() === new Date().getFullYear() ? undefined : "numeric",
          month: "short", day: "numeric", hour: "numeric", minute: "2-digit", second: "2-digit"});
    }, root);
  }

  function text(el, value) {
    if (el && el.textContent !== value) { el.textContent = value; return true; }
    return false;
  }

  function touch(el) {
    if (!el) return;
    el.classList.remove("touched");
    void el.offsetWidth;
    el.classList.add("touched");
  }

  function showPot(pot) {
    var shown = /^([^0-9]*)([0-9.,]*)/.exec(pot.text || "");
    var digits = (shown ? shown[2] : "").replace(/,/g, "");
    var d = document.querySelector("[data-pot-digits]");
    if (!d || !text(d, digits)) return;
    d.setAttribute("data-ghost", digits.replace(/[0-9]/g, "8"));
    text(document.querySelector("[data-pot-sign]"), shown[1].trim());
    text(document.querySelector("[data-pot-text]"), pot.text);
    touch(document.querySelector("[data-pot-figure]"));
    document.title = document.title.replace(/^[^,]*(?=, )/, pot.text);
  }

  function showSeats(seats) {
    seats.forEach(function (s) {
      var li = document.querySelector('[data-seat="' + s.seat + '"]');
      if (!li || !s.text) return;
      var share = li.querySelector("[data-seat-share]");
      if (share && text(share, s.text)) touch(share);
    });
  }

  function showSales(last) {
    var list = document.querySelector("ol[data-sales]");
    if (!list || !last) return;
    var none = document.querySelector("[data-no-sales]");
    if (none && last.length) none.hidden = true;
    list.textContent = "";
    last.forEach(function (s) {
      var li = document.createElement("li");
      li.className = s.delta < 0 ? "sale sale--down" : "sale";
      [["sale__what", s.title + ", " + s.amount_text], ["sale__delta", s.delta_text],
        ["sale__why", s.words], ["sale__at", ""]].forEach(function (part) {
        var span = document.createElement("span");
        span.className = part[0];
        span.textContent = part[1];
        li.appendChild(span);
      });
      var t = document.createElement("time");
      t.setAttribute("datetime", s.at);
      t.setAttribute("data-when", "clock");
      t.title = s.at;
      li.lastChild.appendChild(t);
      list.appendChild(li);
    });
    localTimes(list);
  }

  function speak(words) {
    var now = Date.now();
    if (!say || now - lastSaid < 5000) return;
    lastSaid = now;
    say.textContent = words;
  }

  function showState(state, changed) {
    if (state.pot) showPot(state.pot);
    if (state.seats) showSeats(state.seats);
    /* Grace ends by time alone, without a message. */
    if (state.gate === "grace") setTimeout(refreshSoon, 15000);
    if (changed) {
      showSales(state.last);
      if (state.pot) speak("Pot " + state.pot.text + ", " + state.sales + (state.sales === 1 ? " sale" : " sales"));
      else if (state.rows) speak("The standings have changed");
      refreshSoon();
    }
  }

  /* Parts that only the server draws (curve, tables, timeline): the page once more, part by part. */
  function refreshSoon() {
    if (refreshTimer) return;
    var gap = Math.max(2200, lastRefresh + 5000 - Date.now());
    refreshTimer = setTimeout(refresh, gap + Math.random() * 800);
  }

  function refresh() {
    refreshTimer = 0;
    lastRefresh = Date.now();
    fetch(location.href, {headers: {Accept: "text/html"}, cache: "no-store"}).then(function (r) {
      return r.ok ? r.text() : "";
    }).then(function (html) {
      if (!html) return;
      var next = new DOMParser().parseFromString(html, "text/html");
      each("[data-swap]", function (old) {
        var fresh = next.querySelector('[data-swap="' + old.getAttribute("data-swap") + '"]');
        if (!fresh || old.contains(document.activeElement)) return;
        var open = [];
        each("details", function (d) { open.push(d.open); }, old);
        var node = document.importNode(fresh, true);
        each("details", function (d) { d.open = !!open.shift(); }, node);
        old.replaceWith(node);
        localTimes(node);
      });
    }).catch(function () { /* the next change tries again */ });
  }

  function showWord() {
    if (!word) return;
    var age = Date.now() - lastGood;
    var now = age < (document.hidden ? 25000 : 6500) ? "live" : age < 30000 ? "delayed" : "offline";
    if (word.getAttribute("data-word") === now && !word.hidden) return;
    word.hidden = false;
    word.setAttribute("data-word", now);
    word.textContent = now === "offline" ? "offline since " + new Date(lastGood).toLocaleTimeString([], {hour: "2-digit", minute: "2-digit"}) : now;
  }

  /* One channel. Its own numbers decide: seq at or below the last is old, a message whose prev lies
   * beyond the last leaves a gap, and a gap is closed by the snapshot. */
  function listen(channel, seq, onState, onMessage) {
    var last = seq, etag = "", source = null, tries = 0, heard = Date.now(), asking = false;

    function snapshot() {
      if (asking) return;
      asking = true;
      fetch("/live/" + channel + ".json", {
        headers: etag ? {"If-None-Match": etag} : {}, cache: "no-store", credentials: "omit"
      }).then(function (r) {
        asking = false;
        if (r.status === 304 || r.status === 404) { lastGood = Date.now(); return null; }
        if (!r.ok) return null;
        lastGood = Date.now();
        etag = r.headers.get("ETag") || "";
        return r.json();
      }).then(function (s) {
        if (!s || typeof s.seq !== "number" || s.seq < last) return;
        var changed = s.seq > last;
        last = s.seq;
        onState(s.state || {}, changed);
      }).catch(function () { asking = false; });
    }

    function take(event) {
      var m;
      heard = Date.now();
      try { m = JSON.parse(event.data); } catch (e) { return; }
      if (!m || typeof m.seq !== "number") return;
      if (m.type === "tick") { if (m.seq > last) snapshot(); return; }
      if (m.seq <= last) return;
      var prev = typeof m.prev === "number" ? m.prev : m.seq - 1;
      if (prev > last || !onMessage(m)) { snapshot(); return; }
      last = m.seq;
    }

    function connect() {
      if (!window.EventSource || source) return;
      heard = Date.now();
      source = new EventSource("/live/" + channel);
      source.onopen = function () { tries = 0; heard = Date.now(); snapshot(); };
      source.onmessage = take;
      source.onerror = again;
    }

    function again() {
      if (source) source.close();
      source = null;
      setTimeout(connect, Math.random() * 5000 + Math.min(30000, 1000 * Math.pow(2, tries++)));
    }

    (function poll() {
      snapshot();
      if (source && Date.now() - heard > 40000) again();
      setTimeout(poll, document.hidden ? 10000 : 2000);
    })();
    connect();
  }

  localTimes();
  each("form", function (form) {
    form.addEventListener("submit", function () {
      var b = form.querySelector("button");
      if (!b || form.method === "get") return;
      var was = b.textContent;
      b.textContent = "Sending…";
      b.disabled = true;
      setTimeout(function () { b.textContent = was; b.disabled = false; }, 10000);
    });
  });

  each("[data-left]", function (el) {
    var until = Date.parse(el.getAttribute("data-left"));
    (function show() {
      var s = Math.ceil((until - Date.now()) / 1000);
      if (s <= 0) { el.textContent = "(over)"; setTimeout(function () { location.reload(); }, 1500); return; }
      el.textContent = "(" + (s >= 60 ? Math.floor(s / 60) + " min " : "") + s % 60 + " s left)";
      setTimeout(show, 1000);
    })();
  });
  each("[data-share]", function (el) {
    var url = el.getAttribute("data-share"), text = el.getAttribute("data-text");
    if (!navigator.share && !navigator.clipboard) return;
    el.hidden = false;
    if (!navigator.share) el.textContent = "Copy";
    el.addEventListener("click", function () {
      if (navigator.share) navigator.share({title: el.getAttribute("data-title"), text: text, url: url}).catch(function () { /* they changed their mind */ });
      else navigator.clipboard.writeText(text + " " + url).then(function () { el.textContent = "Copied"; });
    });
  });

  /* What the DJ gets of another amount: the numbers come from the server. */
  each("[data-tip]", function (form) {
    var box = form.querySelector("[data-tip-gets]"), field = form.querySelector('[name="amount"]');
    var other = form.querySelector('[name="pick"][value="other"]'), was = box && box.textContent;
    var places = Number(form.getAttribute("data-places")), unit = Math.pow(10, places);
    function shown(minor) { return (form.textContent.match(/[^\s\d]+(?=\d)/) || ["$"])[0] + (minor / unit).toFixed(places); }
    if (!box || !field) return;
    field.addEventListener("input", function () {
      var m = /^\$?(\d{1,7})(?:[.](\d+))?$/.exec(field.value.trim());
      if (other && field.value) other.checked = true;
      if (!m || (m[2] || "").length > places) { box.textContent = was; return; }
      var minor = Number(m[1]) * unit + Number(((m[2] || "") + "0000").slice(0, places));
      var fee = Math.min(minor, Math.floor(minor * Number(form.getAttribute("data-bps")) / 10000) + Number(form.getAttribute("data-fixed")));
      box.textContent = "DJ " + form.getAttribute("data-name") + " gets " + shown(minor - fee) + "; fee " + shown(fee);
    });
  });

  /* A sponsor counts as seen when at least half of it was on screen. */
  if (window.IntersectionObserver) {
    var seen = new IntersectionObserver(function (all) {
      all.forEach(function (one) {
        if (!one.isIntersecting) return;
        seen.unobserve(one.target);
        fetch("/sponsors/seen", {method: "POST", credentials: "omit", headers: {"Content-Type": "application/json"},
          body: JSON.stringify({sponsor: Number(one.target.getAttribute("data-sponsor")), place: one.target.getAttribute("data-place")})}).catch(function () { /* it is not counted */ });
      });
    }, {threshold: 0.5});
    each("[data-sponsor]", function (el) { seen.observe(el); });
  }

  var channel = body.getAttribute("data-live");
  var race = Number(body.getAttribute("data-race"));
  if (channel) {
    listen(channel, Number(body.getAttribute("data-seq")), showState, function (m) {
      var d = m.data || {};
      if (d.pot && d.pot.text) showPot(d.pot);
      return false; /* seats, sales and words come with the snapshot, which is asked at once */
    });
  }
  if (body.getAttribute("data-follow") === "home") {
    listen("home", 0, function (state) {
      if (state.race && state.race !== race) setTimeout(function () { location.reload(); }, 2500);
    }, function () { return false; });
  }
  if (channel || body.hasAttribute("data-follow")) {
    setInterval(showWord, 1000);
    showWord();
  }
})();
