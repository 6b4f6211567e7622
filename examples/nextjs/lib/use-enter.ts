import { useRouter } from "next/navigation";
import { useCallback } from "react";

/**
 * Returns a function that opens the next page after signing in. If an application asked for the sign-in, the answer has
 * `redirect` and `url`: better-auth's client has already begun to open that, so nothing is left to do.
 */
export function useEnter(next: string) {
  const router = useRouter();
  return useCallback(
    (answer: object | null) => {
      if (answer && "redirect" in answer && answer.redirect) return;
      router.replace(next);
      router.refresh();
    },
    [router, next],
  );
}
