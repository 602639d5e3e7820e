"use strict";
const MARKS = { waiting: "·", running: "▶", checking: "?", succeeded: "✓", failed: "✗", "": "" };
const $ = (id) => document.getElementById(id);
let last = {}, spoken = 0;

function make(name, className, text) {
  const element = document.createElement(name);
  if (className) element.className = className;
  if (text !== undefined) element.textContent = text;
  return element;
}

function say(text) {
  if (!text.trim()) return;
  fetch("say", { method: "POST", headers: { "Content-Type": "application/json" }, body: JSON.stringify({ text }) })
    .then((answer) => { if (!answer.ok) throw new Error(answer.status); })
    .catch(() => lost());
}

function draw(arrows) {
  const shapes = [];
  for (const { word, start, end } of arrows) {
    const [x1, y1, x2, y2] = [start[0] * 480, start[1] * 360, end[0] * 480, end[1] * 360];
    const line = document.createElementNS("http://www.w3.org/2000/svg", "line");
    Object.entries({ x1, y1, x2, y2 }).forEach(([name, value]) => line.setAttribute(name, value));
    const text = document.createElementNS("http://www.w3.org/2000/svg", "text");
    const length = Math.hypot(x2 - x1, y2 - y1) || 1;
    const half = 3.6 * word.length, far = Math.abs(x2 - x1) > Math.abs(y2 - y1) ? 10 + half : 13;
    text.setAttribute("x", Math.min(476 - half, Math.max(4 + half, x2 + (x2 - x1) / length * far)));
    text.setAttribute("y", Math.min(352, Math.max(8, y2 + (y2 - y1) / length * far)));
    text.textContent = word;
    shapes.push(line, text);
  }
  $("directions").replaceChildren(...shapes);
}

function plan(tree) {
  $("goal").textContent = tree ? tree.goal : "";
  if (!tree) return;
  $("steps").replaceChildren(...tree.nodes.map((node) => {
    const item = make("li", `${node.state} deep${Math.min(node.depth, 2)}`);
    item.append(make("b", "", MARKS[node.state]), " " + node.label);
    return item;
  }));
  const now = $("steps").querySelector(".running, .checking");
  if (now) now.scrollIntoView({ block: "nearest" });
}

function regions(list) {
  if ($("bars").childElementCount !== list.length) {
    $("bars").replaceChildren(...list.map(({ name }) => {
      const row = make("div", "bar"), track = make("i");
      track.append(make("b"));
      row.append(make("span", "", name.replaceAll("_", " ")), track, make("span"));
      return row;
    }));
  }
  list.forEach(({ share, sent }, number) => {
    const row = $("bars").children[number];
    row.querySelector("b").style.width = `${Math.round(share * 100)}%`;
    row.lastChild.textContent = sent;
  });
}

function dialogue(lines, talks) {
  const key = JSON.stringify(lines);
  if (key === spoken) return;
  spoken = key;
  $("lines").replaceChildren(...lines.map((line, number) => {
    const bubble = make("div", `line ${line.who === "brain" ? line.outcome : "mine"}`, line.text);
    const who = line.who === "task" ? "the task" : line.who;
    bubble.prepend(make("small", "", `${who} · ${line.seconds.toFixed(1)} s`));
    if (talks && line.choices && line.choices.length && number === lines.length - 1) {
      const choices = make("div", "choices");
      for (const choice of line.choices) {
        const button = make("button", "", choice);
        button.type = "button";
        button.addEventListener("click", () => say(choice));
        choices.append(button);
      }
      bubble.append(choices);
    }
    return bubble;
  }));
  $("lines").scrollTop = $("lines").scrollHeight;
}

function show(state) {
  last = state;
  document.title = `${state.title} · NeuralBrain`;
  $("title").textContent = state.title;
  $("clock").textContent = `${state.seconds.toFixed(1)} s`;
  const status = state.over ? "over" : state.status;
  $("status").textContent = state.over || (status === "listening" && !state.talks ? "done" : status);
  $("status").className = `badge ${status}`;
  if (state.picture) {
    $("picture").src = state.picture;
    $("picture").hidden = false;
    $("dark").hidden = true;
  }
  $("note").textContent = state.over && state.note === "live" ? "" : state.note;
  $("note").className = state.note === "live" ? "live" : "";
  draw(state.arrows);
  plan(state.plan);
  regions(state.regions);
  dialogue(state.dialogue, state.talks && !state.over);
  $("form").hidden = !state.talks;
  for (const part of $("form").elements) part.disabled = Boolean(state.over);
}

function lost() {
  if (last.over) return;
  $("status").textContent = "no connection";
  $("status").className = "badge lost";
}

const events = new EventSource("events");
events.onmessage = (event) => {
  const state = JSON.parse(event.data);
  show(state);
  if (state.over) events.close();
};
events.onerror = lost;
$("form").addEventListener("submit", (event) => {
  event.preventDefault();
  say($("text").value);
  $("text").value = "";
});
$("stop").addEventListener("click", () => say("stop"));
