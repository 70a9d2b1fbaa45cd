// A page whose connection came back to another session, as on another server, is loaded again by its address: that says
// where it was. Streamlit would tell the new session the address that the page was first loaded with.
({ session }) => {
  const root = document.documentElement.dataset;
  root.session ??= session;
  if (root.session === session) return;
  root.leaving = "true"; // nothing is asked: what would be lost is lost
  location.reload();
}
