// Writes golden.json: the reference's results for addresses and headers.
//   npm install better-auth@1.7.25 (anywhere), then
//   node golden.mjs <that directory>/node_modules > golden.json
// Left out on purpose: IPv6 with a dotted tail other than ::ffff:a.b.c.d. There
// the reference keeps text (seven groups, or "1.2.3.4" as a group), so one
// address has several names; here it has one. The same is true of FFFF in upper case in an
// uncompressed address. See TestAttackDottedTail and TestAttackTextualAliases.
import path from "node:path";
import { pathToFileURL } from "node:url";

const modules = path.resolve(process.argv[2] ?? "node_modules");
const ip = await import(pathToFileURL(path.join(modules, "@better-auth/core/dist/utils/ip.mjs")).href);

const addresses = ["1.2.3.4", "0.0.0.0", "255.255.255.255", "256.1.1.1", "01.2.3.4", "1.2.3", "1.2.3.4.5", "1.2.3.4:80", " 1.2.3.4", "1.2.3.4\n", "0x7f.1", "127.1", "::", "::1", "1::", "2001:db8::1", "2001:DB8::1", "2001:0db8:0000:0000:0000:0000:0000:0001", "2001:db8:1:2:3:4:5:6", "2001:db8:1:2::", "2001:db8:1:2:ffff:ffff:ffff:ffff", "2001:db8:1:3::1", "fe80::1", "fe80::1%eth0", "::1%lo", "::ffff:192.0.2.1", "::FFFF:192.0.2.1", "::ffff:c000:201", "::ffff:C000:0201", "0:0:0:0:0:ffff:c000:201", "0:0:0:0:0:ffff:192.0.2.1", "0000:0000:0000:0000:0000:ffff:c000:0201", "::ffff:0:192", "::ffff:256.1.1.1", "::ffff:01.2.3.4", "64:ff9b::c000:201", "1:2:3:4:5:6:7", "1:2:3:4:5:6:7:8:9", "1:2:3:4:5:6:7::", "::2:3:4:5:6:7:8", "1::3:4:5:6:7:8", "1:2:3:4:5:6:7:8::", "1::2::3", ":::", ":1", "1:", "12345::", "g::1", "[::1]", "::1/64", "", "unknown", "UNKNOWN", "_hidden", "::@1\\", "::1\t", "1:2:3:4:5:6:7:8", "ABCD:EF01:2345:6789:abcd:ef01:2345:6789", "０.0.0.1"];
const subnets = [undefined, 128, 64, 56, 48, 32, 33, 1, 127];
const out = { subnets: subnets.map((s) => s ?? 0) };
out.normalized = addresses.map((a) => [a, ...subnets.map((ipv6Subnet) => ip.normalizeIP(a, { ipv6Subnet }))]);

const ranges = ["10.0.0.0/8", "10.1.2.3/8", "10.0.0.1", "10.0.0.1/32", "10.0.0.1/33", "10.0.0.1/0", "10.0.0.1/", "10.0.0.1/-1", "10.0.0.1/+8", "10.0.0.1/8.0", "10.0.0.1/08", "10.0.0.1/ 8", "/8", "", "x", "::1", "2001:db8::/32", "2001:db8::/129", "2001:db8::/128", "::/0", "::ffff:10.0.0.0/8", "::ffff:10.0.0.0/104", "fe80::1%eth0/64", "10.0.0.0/8/8", "10.0.0.0/99999999999999999999999", "010.0.0.0/8"];
out.invalid = ip.findInvalidTrustedProxies(ranges);
out.ranges = ranges;

const lists = ["1.2.3.4", " 1.2.3.4 ", "1.2.3.4, 10.0.0.1", "6.6.6.6, 1.2.3.4, 10.0.0.1", "10.0.0.2, 10.0.0.1", "1.2.3.4,", ",1.2.3.4", ",", "", " ", "1.2.3.4, , 10.0.0.1", "x, 10.0.0.1", "1.2.3.4, x", "x, 1.2.3.4, 10.0.0.1", "1.2.3.4, x, 10.0.0.1", "unknown", "1.2.3.4:8080", "1.2.3.4:8080, 10.0.0.1", "::1", "2001:db8::5, 10.0.0.1", "1.2.3.4, 2001:db8::5", "::ffff:1.2.3.4", "1.2.3.4, ::ffff:10.0.0.1", "1.2.3.4, ::ffff:a00:1", "1.2.3.4;10.0.0.1", "for=1.2.3.4", "\"1.2.3.4\"", "fe80::1%eth0", "1.2.3.4 10.0.0.1"];
const proxies = [[], ["10.0.0.0/8"], ["10.0.0.1", "2001:db8::/32"], ["bogus"], ["bogus", "10.0.0.0/8"], ["0.0.0.0/0"], ["::/0"]];
out.headers = [];
for (const trustedProxies of proxies) for (const list of lists) out.headers.push([trustedProxies, list, ip.getIPFromHeader(list, { trustedProxies })]);

process.stdout.write(JSON.stringify(out, null, "\t").replace(/\n\t{2,}|\n\t(?=\])/g, " ") + "\n");
