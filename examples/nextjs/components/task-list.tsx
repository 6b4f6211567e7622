"use client";

import { useCallback, useEffect, useState, type FormEvent } from "react";
import { apiRequest } from "@/lib/api";
import { Alert, Button, Skeleton } from "./ui";

type Task = { id: string; title: string; done: boolean };

export function TaskList({ userId }: { userId: string }) {
  const [tasks, setTasks] = useState<Task[]>();
  const [problem, setProblem] = useState("");
  const [adding, setAdding] = useState(false);

  const attempt = useCallback(async (work: () => Promise<void>) => {
    setProblem("");
    try {
      await work();
    } catch (error) {
      setProblem((error as Error).message);
    }
  }, []);

  const load = useCallback(() => attempt(async () => setTasks(await apiRequest<Task[]>(userId, "/tasks"))), [attempt, userId]);
  useEffect(() => void load(), [load]);

  async function add(event: FormEvent<HTMLFormElement>) {
    event.preventDefault();
    const form = event.currentTarget;
    const title = String(new FormData(form).get("title")).trim();
    if (title === "") return form.querySelector("input")?.focus();
    setAdding(true);
    await attempt(async () => {
      const task = await apiRequest<Task>(userId, "/tasks", { method: "POST", body: { title } });
      setTasks((all = []) => [...all, task]);
      form.reset();
    });
    setAdding(false);
  }

  const toggle = (task: Task) =>
    attempt(async () => {
      const changed = await apiRequest<Task>(userId, `/tasks/${task.id}`, { method: "PATCH", body: { done: !task.done } });
      setTasks((all = []) => all.map((t) => (t.id === task.id ? changed : t)));
    });

  const remove = (task: Task) =>
    attempt(async () => {
      await apiRequest(userId, `/tasks/${task.id}`, { method: "DELETE" });
      setTasks((all = []) => all.filter((t) => t.id !== task.id));
    });

  return (
    <div className="space-y-5">
      <form onSubmit={add} className="flex gap-2">
        <label htmlFor="title" className="sr-only">
          New task
        </label>
        <input id="title" name="title" autoComplete="off" placeholder="What is next?" maxLength={200} className="min-h-11 w-full min-w-0 rounded-lg border border-control/60 bg-card px-3 placeholder:text-muted hover:border-control" />
        <Button type="submit" busy={adding}>
          Add
        </Button>
      </form>
      {problem && (
        <div className="space-y-3">
          <Alert>{problem}</Alert>
          <Button kind="plain" small onClick={load}>
            Try again
          </Button>
        </div>
      )}
      {!tasks && !problem && <Skeleton label="Loading tasks" />}
      {tasks?.length === 0 && <p className="py-6 text-center text-muted">Nothing to do. Enjoy it, or add the first task.</p>}
      {tasks && tasks.length > 0 && (
        <ul className="divide-y divide-line" aria-label="Tasks">
          {tasks.map((task) => (
            <li key={task.id} className="flex items-center gap-2 py-1.5">
              <label className="flex min-h-11 min-w-0 flex-1 items-center gap-3">
                <input type="checkbox" checked={task.done} onChange={() => toggle(task)} className="size-5 shrink-0 accent-accent" />
                <span className={`break-words ${task.done ? "text-muted line-through" : ""}`}>{task.title}</span>
              </label>
              <Button kind="plain" small onClick={() => remove(task)} aria-label={`Delete ${task.title}`}>
                Delete
              </Button>
            </li>
          ))}
        </ul>
      )}
    </div>
  );
}
