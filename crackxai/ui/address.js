// The page's own parameters first; those of others stay as they are, in their order.
({ session, lang, own, ours, foreign }) => {
  const root = document.documentElement;
  // Of another session, the page is loaded again by its address as it is, see same_session.js, which may come later.
  if ((root.dataset.session ??= session) !== session) return;
  root.lang = lang;
  const name = (part) => [...new URLSearchParams(part).keys()][0];
  const kept = location.search.slice(1).split("&").filter((part) => part && !ours.includes(name(part)));
  const lost = foreign.filter((part) => !kept.some((other) => name(other) === name(part)));
  const address = [own, ...kept, ...lost].join("&");
  if (location.search !== address) history.replaceState(history.state, "", address + location.hash);
}
