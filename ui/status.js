document.getElementById("origin").textContent = location.origin
fetch("/readyz", { cache: "no-store" }).then(async function (answer) {
  const state = document.getElementById("state")
  state.textContent = answer.ok ? "Alive and ready" : "Alive, but " + (await answer.text()).trim()
  state.className = "state " + (answer.ok ? "good" : "bad")
}).catch(function () {})
