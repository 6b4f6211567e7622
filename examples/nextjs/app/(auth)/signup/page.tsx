import type { Metadata } from "next";
import Link from "next/link";
import { CredentialsForm } from "@/components/credentials-form";
import { nextPath } from "@/lib/next-path";

export const metadata: Metadata = { title: "Create account" };

export default async function Page({ searchParams }: { searchParams: Promise<{ next?: string | string[] }> }) {
  const { next } = await searchParams;
  return (
    <>
      <h1 className="text-2xl font-semibold tracking-tight">Create your account</h1>
      <p className="mt-1 mb-6 text-muted">A name, an address and a password are all it takes.</p>
      <CredentialsForm mode="sign-up" next={nextPath(next)} />
      <p className="mt-6 text-center text-sm text-muted">
        Already have an account?{" "}
        <Link href="/signin" className="font-medium text-accent underline-offset-4 hover:underline">
          Sign in
        </Link>
      </p>
    </>
  );
}
