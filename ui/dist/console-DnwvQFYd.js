import{R as o,u as t,W as n}from"./index-ghWDAfn4.js";const e=document.getElementById("app");e&&o(t(n,{title:"console",tabs:[],current:"/console"}),e);
