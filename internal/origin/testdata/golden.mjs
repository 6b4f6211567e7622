// Writes golden.json: the reference's results for hostile and ordinary input.
//   npm install better-auth@1.7.25 (anywhere), then
//   node golden.mjs <that directory>/node_modules > golden.json
import path from "node:path";
import { pathToFileURL } from "node:url";

const modules = path.resolve(process.argv[2] ?? "node_modules");
const load = (file) => import(pathToFileURL(path.join(modules, file)).href);
const { matchesOriginPattern } = await load("better-auth/dist/auth/trusted-origins.mjs");
const { wildcardMatch } = await load("better-auth/dist/utils/wildcard.mjs");
const url = await load("better-auth/dist/utils/url.mjs");
const { getTrustedOrigins } = await load("better-auth/dist/context/helpers.mjs");
const core = await load("@better-auth/core/dist/utils/url.mjs");
const { isLoopbackHost } = await load("@better-auth/core/dist/utils/host.mjs");

const attempt = (fn) => {
	try {
		return { value: fn() };
	} catch (e) {
		return { error: e.code === "ERR_INVALID_URL" ? "Invalid URL" : e.message };
	}
};
const bits = (list, fn) => list.map((x) => (fn(x) ? "1" : "0")).join("");

let seed = 20261124;
const random = (n) => {
	seed = (Math.imul(seed, 1103515245) + 12345) >>> 0;
	return Math.floor((seed / 2 ** 32) * n);
};
const pick = (list) => list[random(list.length)];

const schemes = ["http:", "https:", "HTTPS:", "myapp:", "exp:", "ftp:", "ws:", "javascript:", "data:", "blob:", "h\tttps:", " https:", "1a:", "", "blob:https:"];
const slashes = ["//", "//", "//", "/", "", "///", "\\\\", "/\\", "/\t/"];
const users = ["", "", "", "user@", "user:pw@", "a.com@", "a.com%40", "a.com\\@", "@", "é@"];
const hosts = ["a.com", "A.COM", "x.a.com", "a.com.evil.io", "evil.io", "127.0.0.1", "0x7f.1", "0x7f000001", "2130706433", "127.1", "1.2.3.4.", "256.1.1.1", "1.2.3.4.5", "0300.0250.0.1", "08.1.1.1", "4294967296", "1.0x", "a.1", "[::1]", "[::1%eth0]", "[2001:DB8::1]", "[::ffff:1.2.3.4]", "[1::2::3]", "[[::1]]", "[::1", "[1:2:3:4:5:6:7::]", "bücher.de", "BÜCHER.de", "xn--bcher-kva.de", "xn--a", "faß.de", "日本.jp", "a\u3002com", "ａ.com", "a\u00ad.com", "a_b.com", "-a.com", "a..b", "a.", "..", "*.a.com", "a b", "a%2ecom", "a%2fb", "a%00b", "a%", "a<b", "a|b", "a\"b", "", "localhost", "a\t.com", "a\n.com", "a\u0000.com", "a\u007f.com", "😀.com", "א.com", "１２７.0.0.1", "İ.com", "K.com", "192.168.1.7", "192.168.attacker.com", "+1.2"];
const ports = ["", "", "", ":80", ":443", ":3000", ":0", ":65536", ":00080", ":", ":a", ":8\t0"];
const tails = ["", "", "/", "/a", "/a/../b", "/%2e%2e/x", "/a\\b", "\\a", "//x", "/é", "/a b", "/%zz", "/a%2fb", "/%5Cb", "?q", "?a.com", "/?a#b", "#f", "#@a.com", "/\u0000", "/a\tb", " ", "/cb", "/cb/x", "/cb/../evil", "/cb/%2e%2e/evil", "/cbx"];
const corpus = new Set();
for (const s of ["http:", "https:", "myapp:"]) for (const h of hosts) corpus.add(`${s}//${h}/p`);
for (let i = 0; i < 2500; i++) corpus.add(pick(schemes) + pick(slashes) + pick(users) + pick(hosts) + pick(ports) + pick(tails));
const out = {};
out.urls = [...corpus].filter((u) => u.isWellFormed()).map((u) => {
	let p = null;
	try { p = new URL(u).pathname; } catch {}
	return [u, url.getOrigin(u), url.getHost(u), url.getProtocol(u), p, core.isSafeUrlScheme(u)];
});

const relative = ["/", "/a", "/a/b?c=d#e", "//evil.com", "/\\evil.com", "/\\/evil.com", "\\\\evil.com", "/%5Cevil.com", "/%5cevil", "/%2Fevil.com", "/%2fevil", "/a?next=%2F", "/a?b=//evil.com", "/a#%5c", "/a?b\\c", "/\t/evil.com", "/\n/evil.com", "/\r/evil.com", "/\u0000", "/\u007f", "/\u0085", "/a\u00a0", "/é", "/😀", "///evil", "/.//evil", "/..//evil", "/./\\evil", "/%09/evil", "/@evil.com", "/:80", "/;//evil", "/%00", "/a b", "", " ", " /a", "a", "a/b", "?a", "#a", "null", "https:evil.com", "https:/evil.com", "https:///evil.com", "http:\\\\evil.com", "javascript:alert(1)", "JavaScript:alert(1)", "java\tscript:alert(1)", "data:text/html,x", "mailto:a@a.com", "myapp:", "myapp://", "myapp:/cb", "myapp:cb", "MYAPP://HOST/cb", "myapp://host/cb", "myapp://host/cb/", "myapp://host/cb/x", "myapp://host/cbx", "myapp://host/cb/../evil", "myapp://host/cb/%2e%2e/evil", "myapp://host/cb/%252e%252e/evil", "myapp://host%2fcb", "myapp://evil/cb", "myapp://user@host/cb", "myapp://host:8080/cb", "myapp://host?x", "myapp://host#x", "myapp://host/cb?x=/..", "myapp://host\\cb", "myapp://host/c\tb", "myapp://host/%zz/cb", "myapp://host/%C3", "myapp2://host/cb", "exp://192.168.1.7:8081", "exp://192.168.1.7:8081/--/x", "exp://192.168.attacker.com:8081", "exp://10.0.0.1", "exp://u@192.168.1.7", "exp://ab/x", "exp://😀/x", "chrome-extension://abc/x.html", "chrome-extension://abcd", "myapp://İ.com/", "myapp://i.com/"];
const web = ["https://a.com", "https://a.com/", "https://a.com/x?y#z", "http://a.com", "https://a.com:443", "https://a.com:444", "https://a.com:3000/p", "https://a.com.evil.io", "https://evil.io/?a.com", "https://evil.io/a.com", "https://evil.io#a.com", "https://evil.io\\.a.com", "https://evil.io/.a.com", "https://a.com@evil.io", "https://evil.io@a.com", "https://a.com:80@evil.io", "https://a.com%40evil.io", "https://x.a.com", "https://x.y.a.com", "http://x.a.com", "https://xa.com", "https://.a.com", "https://x.a.com.evil.io", "https://x.a.com:8443", "HTTPS://X.A.COM", "https://x.a.com.", "https:\\\\x.a.com", "https://evil.io%2f.a.com", "https://evil.io%00.a.com", "https://evil.io\t.a.com", "\thttps://a.com", "https://a.com\n", "ht\ntps://a.com", "ws://x.a.com", "ftp://x.a.com", "http://localhost:3000", "http://localhost", "http://localhost:3000.evil.io", "http://localhost:30001", "http://127.0.0.1:3000", "http://127.1:3000", "http://0x7f.1:3000", "http://192.168.1.7", "http://192.168.1.7:8080", "http://192.168.attacker.com", "http://192.168.1.attacker.com", "http://192.168.1", "http://10.1.2.3", "https://10.1.2.3", "http://10.evil.com", "http://[::1]:3000", "https://xn--bcher-kva.de", "https://bücher.de", "https://preview-12.vercel.app", "https://preview-.vercel.app", "https://preview-x.evil.vercel.app", "blob:https://a.com/1", "file:///etc/passwd", "https://", "https://*.a.com", "https://a_b.a.com"];
out.patterns = ["", "*", "?", "https://a.com", "https://a.com/", "https://a.com:443", "https://a.com:3000", "a.com", "*.a.com", "*a.com", "*.A.com", "https://*.a.com", "http://*.a.com", "https://*.a.com:*", "*.a.com:*", "https://*", "http*://a.com", "*://a.com", "*://*.a.com", "https://a.???", "?.a.com", "http://localhost:*", "http://localhost:3000", "localhost:*", "localhost:300?", "192.168.*.*", "192.168.*", "192.168.*:*", "http://192.168.*.*", "http://192.168.*:8080", "http://10.*", "10.*", "*.*.*.*", "1*", "exp://192.168.*.*:*", "exp://192.168.*", "exp://10.*", "exp://*", "exp://*/x", "exp://?/x", "exp://??/x", "exp://**", "myapp:", "myapp://", "MyApp://", "myapp://host", "myapp://host/cb", "myapp://HOST/cb/", "myapp://host/cb?x", "myapp://host/*", "myapp://*/cb", "myapp://*host/cb*", "myapp://*", "myapp:/cb", "myapp:cb", "myapp:*", "my*://host", "myapp://h\\*st", "myapp://i.com", "chrome-extension://abc", "chrome-extension://*", "javascript:*", "javascript:", "null", "https://preview-*.vercel.app", "preview-*.vercel.app", "https://bücher.de", "https://xn--bcher-kva.de", "https://*.a.com/path", "ws://*.a.com", "ftp://", "https://x\\*.a.com", "https://\\*.a.com", "file://*", "blob:*", "https://a.com#*", "http://[::1]:3000", "http://[::1]:*", "HTTPS://a.com"];
out.subjects = [...new Set([...relative, ...web, ...out.urls.map((u) => u[0]).filter((_, i) => i % 12 === 0)])];
out.matches = out.patterns.map((p) => bits(out.subjects, (u) => matchesOriginPattern(u, p)));
out.matchesRelative = out.patterns.map((p) => bits(out.subjects, (u) => matchesOriginPattern(u, p, { allowRelativePaths: true })));

out.globs = ["", "*", "**", "?", "a", "a*", "*a", "*a*", "a?c", "a\\*c", "a\\?c", "a\\", "\\\\", "*.*", "*ab*ab", "a*b*c", "(a|b)", "[ab]", "a.c", "^a$", "a+", "*\n*", "\n", "*\n?a*b", "?😀", "??", "*😀", "\\n", "{a}", "*a*a*a*b", "/", "a/", "/a", "a/b", "a//b", "a\\/b", "**/b", "a/**", "a/**/b", "a/**/**/b", "/**", "**/", "**/**", "a/*/b", "a/?/b", "**a/b", "*/b", "\\\\/b", "a/**b"];
out.texts = ["", "a", "b", "aa", "ab", "abc", "a*c", "a?c", "a.c", "axc", "a\nc", "\n", "a\n", "\nab", "\na\nab", "a\u2028b", "😀", "a😀", "😀😀", "abab", "abaab", "aXbXc", "(a|b)", "[ab]", "^a$", "a+", "\\", "a\\", "n", "é", "A", "{a}", "aaaaaaaaaaaaaaaaaaaab", "aaaaaaaaaaaaaaaaaaaac", "a/b", "\u0085", "ab\r", "xabab", "/", "//", "a/", "/a", "a//b", "a\\b", "a/\\/b", "a/x/b", "a/x/y/b", "a/b/", "/b", "x/y/b", "a/xb", "b/"];
out.globMatches = out.globs.map((g) => bits(out.texts, wildcardMatch(g)));

out.hostPatterns = ["", "a.com", "A.com", "*.a.com", "https://a.com", "http://*.a.com/x", "a.com/x", "localhost:*", "preview-*.a.com", "a.com:3000", "?.a.com", "HTTP://a.com", "*"];
out.hosts = ["", "a.com", "A.COM", "x.a.com", "x.y.a.com", "evil.com", "a.com.evil.io", "a.com:3000", "localhost:3000", "localhost", "https://a.com/p", "preview-1.a.com", "http://x.a.com", "ftp://a.com", "xa.com"];
out.hostMatches = out.hostPatterns.map((p) => bits(out.hosts, (h) => url.matchesHostPattern(h, p)));

out.bases = [];
for (const u of ["https://a.com", "https://a.com/", "https://a.com//", "https://a.com/x", "https://a.com/x/", "http://localhost:3000", "ftp://a.com", "myapp://a", "a.com", "localhost:3000", "", " https://a.com", "https://a.com?q=1", "https://a.com#f", "https:a.com", "https://", "https://a.com/..", "https://999.1.1.1", "HTTPS://A.com"])
	for (const p of ["", "/", "/api/auth", "auth", "/auth/"]) out.bases.push([u, p, attempt(() => url.getBaseURL(u || " ", p, undefined, false))]);
out.bases = out.bases.filter((b) => b[0] !== "");

const headerHosts = ["a.com", "A.com:3000", "localhost", "localhost:3000", "127.0.0.1:80", "999.1.1.1", "[::1]", "[::1]:3000", "[zz]", "a..b", ".a", "a.", "-a.com", "a-.com", "a_b.com", "a b", "a\tb", "a,b", "a.com, b.com", "a.com/x", "a.com?x", "a@b", "<a>", "a'b", 'a"b', "javascript:1", "JavaScript:80", "xfile:80", "data:8080", "file:1", "a:1", "a:123456", "a:", ":80", "é.com", "x".repeat(63) + ".com", "x".repeat(64) + ".com", "1", "1.2.3.4.5", "a:80:80"];
const protos = ["http", "https", "HTTP", "https, http", "ftp", " https"];
out.proxyHosts = [];
for (const h of headerHosts) {
	const r = attempt(() => url.getHostFromSource(new Headers({ "x-forwarded-host": h }), true) === h);
	if (!r.error) out.proxyHosts.push([h, r.value]);
}
out.proxyProtos = protos.map((p) => [p.trim(), url.getProtocolFromSource(new Headers({ "x-forwarded-proto": p, host: "localhost" }), undefined, true) === p.trim() && p.trim() !== "http" || p === "http"]);

const configs = [
	{ allowedHosts: ["a.com", "*.b.com", "localhost:*"] },
	{ allowedHosts: ["a.com", "*.b.com"], protocol: "http" },
	{ allowedHosts: ["a.com"], protocol: "https", fallback: "https://fallback.com" },
	{ allowedHosts: ["*"], protocol: "auto", fallback: "https://fallback.com/base" },
	{ allowedHosts: [], fallback: "ftp://x" },
	{ allowedHosts: ["localhost", "127.0.0.1:3000", "*.localhost", "[::1]", "https://full.com", "http://*.full.com"], protocol: "https" },
	{ allowedHosts: ["x.com"], protocol: "auto", fallback: "not a url" },
];
out.resolves = [];
for (const c of configs)
	for (const host of ["", "a.com", "x.b.com", "evil.com", "localhost:3000", "127.0.0.1:3000", "[::1]:80", "a_b.com", "999.1.1.1"])
		for (const xfHost of ["", "a.com", "evil.com", "a.com, b.com"])
			for (const xfProto of ["", "http", "bogus"])
				for (const scheme of ["", "http", "https"])
					for (const trust of [false, true]) {
						if (scheme && (!host || host === "999.1.1.1")) continue;
						const headers = new Headers();
						if (host) headers.set("host", host);
						if (xfHost) headers.set("x-forwarded-host", xfHost);
						if (xfProto) headers.set("x-forwarded-proto", xfProto);
						const source = scheme ? new Request(`${scheme}://${host}/api/auth/ok`, { headers }) : headers;
						if (random(4) !== 0 && !(xfHost === "" && xfProto === "")) continue;
						const r = attempt(() => url.resolveDynamicBaseURL(c, source, "/api/auth", trust));
						out.resolves.push({ config: configs.indexOf(c), host, xfHost, xfProto, scheme, trust, ...r });
					}
out.configs = await Promise.all(configs.map(async (c) => ({ ...c, origins: (await getTrustedOrigins({ baseURL: c })).filter((o) => o !== "null") })));

out.requests = [];
for (const host of ["a.com", "a.com:80", "localhost:3000", "a_b.com", "[::1]:3000"])
	for (const xfHost of ["", "b.com", "b.com, c.com", "999.1.1.1"])
		for (const xfProto of ["", "https", "http", "gopher"])
			for (const scheme of ["http", "https"])
				for (const trust of [false, true]) {
					const headers = new Headers();
					headers.set("host", host);
					if (xfHost) headers.set("x-forwarded-host", xfHost);
					if (xfProto) headers.set("x-forwarded-proto", xfProto);
					const request = new Request(`${scheme}://${host}/x`, { headers });
					out.requests.push({ host, xfHost, xfProto, scheme, trust, base: attempt(() => url.getBaseURL(undefined, "/api/auth", request, false, trust)).value, gotHost: url.getHostFromSource(request, trust), gotProto: url.getProtocolFromSource(request, undefined, trust) });
				}

out.loopback = ["localhost", "LOCALHOST", "localhost.", "localhost:3000", "x.localhost", "xlocalhost", "localhost.com", "*.localhost", "127.0.0.1", "127.1", "127.255.0.9:80", "128.0.0.1", "0.0.0.0", "::1", "[::1]", "[::1]:8080", "::1%eth0", "[::1%eth0]:80", "::ffff:127.0.0.1", "[::ffff:7f00:1]", "::2", "0:0:0:0:0:0:0:1", "", " localhost ", "[", "[::1", "127.0.0.01", "127.0.0.1.", "fe80::1", "a.com", "..", "127.0.0.1.nip.io"].map((h) => [h, isLoopbackHost(h)]);

out.paths = [];
for (const u of ["https://a.com/api/auth/sign-in", "https://a.com/api/auth", "https://a.com/api/auth/", "https://a.com/api/authx", "https://a.com/api/auth//sign-in", "https://a.com//api/auth/x", "https://a.com/api/auth/x///", "https://a.com", "https://a.com/api/auth/../x", "https://a.com/api/auth/%2e%2e/x", "https://a.com/api\\auth\\x", "https://a.com/api/auth/a%2fb", "https://a.com/api/auth/é?q#f", "https://a.com/API/auth/x", "nonsense"])
	for (const b of ["/api/auth", "/api/auth/", "", "/", "api"]) out.paths.push([u, b, core.normalizePathname(u, b)]);

out.appends = [];
for (const u of ["/", "/a", "/a?b=c", "/a?b=c&", "/a?", "/a#f", "/a?b#f?x", "//evil", "/\\evil", "/\t/evil", "a", "https://a.com", "https://a.com/x?y=%20z#f", "https://a.com?x=a b'\"", "myapp://cb", "myapp://cb?x='", "myapp:cb#f", "", "/é?é#é", "/a/../b", "https://[bad", "/a b?c d"])
	for (const p of [[], [["error", "state mismatch"]], [["a", "1"], ["b~*-._", "é&=+ %/?#'\"😀\n"]], [["", ""]]])
		out.appends.push([u, p, attempt(() => core.appendQueryParams(u, new URLSearchParams(p)))]);

process.stdout.write(JSON.stringify(out, null, "\t").replace(/\n\t{2,}|\n\t(?=\])/g, " ") + "\n");
