function n(r){return Object.fromEntries(Object.entries(r).map(([e,t])=>[e,{code:e,message:t,toString:()=>e}]))}export{n as d};
