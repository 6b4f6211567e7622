import Link from "next/link";
import { Logo } from "@/components/logo";
import { buttonStyle } from "@/components/ui";

const points = [
  ["Stay signed in", "Your session outlives a reload, a restart of the server, and a change of its keys."],
  ["See every device", "Each browser that is signed in is listed, and one click ends it."],
  ["Yours alone", "The task service checks a signed token on each call. Nobody reads another's list."],
];

export default function Home() {
  return (
    <div className="mx-auto flex min-h-dvh max-w-5xl flex-col px-4 sm:px-6">
      <header className="flex items-center justify-between py-5">
        <Logo />
        <Link href="/signin" className={buttonStyle("plain", true)}>
          Sign in
        </Link>
      </header>
      <main className="flex flex-1 flex-col justify-center py-12">
        <h1 className="max-w-2xl text-4xl font-semibold tracking-tight text-balance sm:text-5xl">A quiet place for the things you mean to do.</h1>
        <p className="mt-4 max-w-xl text-lg text-muted">Taskbook is a small task list with real accounts behind it. Sign up, and it is yours on every device.</p>
        <div className="mt-8 flex flex-wrap gap-3">
          <Link href="/signup" className={buttonStyle("primary")}>
            Create an account
          </Link>
          <Link href="/tasks" className={buttonStyle("plain")}>
            Open my tasks
          </Link>
        </div>
        <ul className="mt-14 grid gap-4 sm:grid-cols-3">
          {points.map(([title, text]) => (
            <li key={title} className="rounded-2xl border border-line bg-card p-5">
              <h2 className="font-semibold">{title}</h2>
              <p className="mt-1.5 text-sm text-muted">{text}</p>
            </li>
          ))}
        </ul>
      </main>
    </div>
  );
}
